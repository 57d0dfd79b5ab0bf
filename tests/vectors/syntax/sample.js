import def, { one, two as deux } from './module.js';
export const LIMIT = 10;
let state = null, other;
const arrow = (a) => a + 1;

function outer(a) {
	const local = inner(a);
	function inner(b) { return b; }
	return local;
}

export default class Widget extends Base {
	#hidden = 1;
	static count = 0;
	handler = () => {};
	constructor() { super(); this.size = 1; }
	async render(el) { el.draw(`x ${this.size}`); state = el; }
}

const table = { plain: 1, method() {}, fn: function () {} };
Widget.prototype.extra = function () { return /["']/.test("x"); };
module.exports = { outer };
new Widget();
