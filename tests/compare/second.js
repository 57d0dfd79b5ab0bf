// What is a definition in files of JavaScript and TypeScript, by the TypeScript compiler; for second.py, which says how it is printed.
"use strict";
const fs = require("fs");
const ts = require("typescript");
const K = ts.SyntaxKind;

const FUNCTIONS = new Set([K.FunctionExpression, K.ArrowFunction]);
const SCOPES = new Set([...FUNCTIONS, K.FunctionDeclaration, K.MethodDeclaration, K.Constructor, K.GetAccessor, K.SetAccessor]);
const NAMED = new Set([K.FunctionDeclaration, K.FunctionExpression, K.ClassDeclaration, K.ClassExpression, K.InterfaceDeclaration, K.TypeAliasDeclaration,
	K.EnumDeclaration, K.ModuleDeclaration]);
const MEMBERS = new Set([K.MethodDeclaration, K.GetAccessor, K.SetAccessor, K.PropertyDeclaration, K.PropertyAssignment, K.EnumMember, K.MethodSignature,
	K.PropertySignature]);
const ACCESS = new Set([K.PublicKeyword, K.PrivateKeyword, K.ProtectedKeyword, K.ReadonlyKeyword, K.OverrideKeyword]);

function definitions(file, found) {
	const add = (node, text) => found.push([file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1, text]);
	function name(node) {
		if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) add(node, node.text);
		else if (ts.isStringLiteral(node) && node.text) add(node, node.getText(file).slice(1, -1));
		else if (ts.isObjectBindingPattern(node) || ts.isArrayBindingPattern(node)) node.elements.forEach((e) => e.name && name(e.name));
		else if (ts.isPropertyAccessExpression(node)) name(node.name);
		else if (ts.isComputedPropertyName(node) && ts.isMethodDeclaration(node.parent)) name(node.expression);
	}
	function visit(node, inside) {
		if (NAMED.has(node.kind) && node.name) {
			if (node.kind === K.ModuleDeclaration && ts.isModuleDeclaration(node.parent)) ;
			else if (node.kind === K.ModuleDeclaration && node.body && ts.isModuleDeclaration(node.body)) add(node.name, dotted(node));
			else name(node.name);
		} else if (MEMBERS.has(node.kind) && node.name) {
			if (!(node.kind === K.PropertyAssignment && (ts.isComputedPropertyName(node.name) || inPattern(node)))) name(node.name);
		} else if (node.kind === K.Constructor) {
			const at = file.text.indexOf("constructor", node.getStart(file));
			if (at >= 0) found.push([file.getLineAndCharacterOfPosition(at).line + 1, "constructor"]); // it may be written with escapes
		} else if (node.kind === K.VariableDeclaration && !ts.isCatchClause(node.parent)) {
			const loop = ts.isForOfStatement(node.parent.parent) || ts.isForInStatement(node.parent.parent);
			if (!loop && (!inside || (node.initializer && FUNCTIONS.has(node.initializer.kind)))) name(node.name);
		} else if (node.kind === K.Parameter && node.modifiers && node.modifiers.some((m) => ACCESS.has(m.kind))) {
			name(node.name);
		} else if (node.kind === K.BinaryExpression && node.operatorToken.kind === K.EqualsToken) {
			const value = FUNCTIONS.has(node.right.kind);
			if (ts.isPropertyAccessExpression(node.left) ? value || !inside || /\.prototype$/.test(node.left.expression.getText(file)) : value && ts.isIdentifier(node.left)) name(node.left);
		}
		const scope = inside || SCOPES.has(node.kind);
		ts.forEachChild(node, (child) => visit(child, scope));
	}
	ts.forEachChild(file, (child) => visit(child, false));
}

// { key: target } on the left of an assignment
function inPattern(node) {
	for (let at = node.parent; at; at = at.parent) {
		if (ts.isBinaryExpression(at.parent ?? at) && at.parent.operatorToken.kind === K.EqualsToken) return at.parent.left === at;
		if (!ts.isObjectLiteralExpression(at) && !ts.isPropertyAssignment(at) && !ts.isArrayLiteralExpression(at)) return false;
	}
	return false;
}

function dotted(node) {
	return node.body && ts.isModuleDeclaration(node.body) ? node.name.text + "." + dotted(node.body) : node.name.text;
}

for (const path of fs.readFileSync(0, "utf8").split("\n").filter(Boolean)) {
	const kind = /x$/.test(path) ? ts.ScriptKind.TSX : /ts$/.test(path) ? ts.ScriptKind.TS : ts.ScriptKind.JSX;
	const file = ts.createSourceFile(path, fs.readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true, kind);
	if (file.parseDiagnostics.length) continue;
	const found = [];
	try {
		definitions(file, found);
	} catch (error) {
		if (error instanceof RangeError) continue; // deeper than the stack
		throw error;
	}
	process.stdout.write("F\t" + path + "\n" + found.map(([line, text]) => `S\t${line}\t${text}\n`).join(""));
}
