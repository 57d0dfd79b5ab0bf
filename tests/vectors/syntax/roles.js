const fs = require("fs"), { join: glue, sep } = require("./path");
import * as all from "all";
export { glue as other } from "else";

Widget.LIMIT = 10;
function make(first, { second, third: last = FALLBACK }, ...rest) {
	const local = first + second + last, { size } = CONFIG;
	state.count = rest.length + local;
	state.list[INDEX] = size;
	const twice = (x) => x * FACTOR;
	for (const each of ITEMS) twice(each);
	try { fs.read(sep); } catch (error) { report(error); }
	return new Widget({ local, key: VALUE, [Names.other]: all });
}
class Box { [Symbol.iterator]() { return this.#secret; } #secret = SEED; }
loadLanguage("not a file");
