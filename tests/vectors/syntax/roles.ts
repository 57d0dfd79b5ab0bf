import type { Shape } from "./shape";
import fs = require("fs");
class Service extends Base<Shape> {
	constructor(private readonly store: Store, public name = DEFAULT, val: number) { super(store, val); }
	get size(): number { return this.store!.size; }
	find<T extends Shape>(id: Key, ...more: T[]): id is Key { return (id as Other).match(more, fs); }
}
interface Loose { get held(): Shape; [key: string]: Shape; }
const { a, b: [c], d = LIMIT } = load<Shape>(enumerate(Mode.Fast));
let view: typeof Service.prototype | Outer.Inner;
