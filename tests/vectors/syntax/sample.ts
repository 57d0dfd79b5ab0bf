import type { Options } from "./options";

export interface Shape extends Base {
	readonly sides: number;
	area(): number;
}

export type Alias = Shape | null;
enum Mode { Fast, Slow = 2 }
declare function external(x: number): void;

namespace Inner {
	export const value = 1;
}

abstract class Worker<T> implements Shape {
	private queue: T[] = [];
	sides = 3;
	constructor(private options: Options) {}
	abstract start(): void;
	area(): number { return compute<number>(this.sides); }
}

const run = async (w: Worker<string>): Promise<void> => { w.start(); };
