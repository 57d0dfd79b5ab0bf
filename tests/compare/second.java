// What is a definition in files of Java, by javac's own parser; for second.py, which says how it is printed.
import com.sun.source.tree.*;
import com.sun.source.util.*;
import com.sun.tools.javac.tree.JCTree;
import java.io.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.util.*;
import javax.tools.*;

class Second extends TreeScanner<Void, String> {
	private final CompilationUnitTree unit;
	private final StringBuilder out;

	Second(CompilationUnitTree unit, StringBuilder out) { this.unit = unit; this.out = out; }

	private void add(Tree at, CharSequence name) {
		out.append("S\t").append(unit.getLineMap().getLineNumber(((JCTree) at).pos)).append('\t').append(name).append('\n');
	}

	@Override
	public Void visitClass(ClassTree tree, String outer) {
		if (tree.getSimpleName().length() > 0)
			add(tree, tree.getSimpleName());
		boolean record = tree.getKind() == Tree.Kind.RECORD;
		for (Tree member : tree.getMembers()) {
			boolean made = record && member instanceof VariableTree field && !field.getModifiers().getFlags().contains(javax.lang.model.element.Modifier.STATIC);
			if (member instanceof VariableTree && !made)
				add(member, ((VariableTree) member).getName());
		}
		return super.visitClass(tree, tree.getSimpleName().toString());
	}

	@Override
	public Void visitMethod(MethodTree tree, String outer) {
		add(tree, tree.getName().contentEquals("<init>") ? outer : tree.getName());
		return super.visitMethod(tree, outer);
	}

	public static void main(String[] args) throws Exception {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8);
		StringBuilder out = new StringBuilder();
		for (String path : new BufferedReader(new InputStreamReader(System.in)).lines().toList()) {
			DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
			JavacTask task = (JavacTask) compiler.getTask(null, files, said, null, null, files.getJavaFileObjects(Path.of(path)));
			for (CompilationUnitTree unit : task.parse()) {
				if (said.getDiagnostics().stream().anyMatch(d -> d.getKind() == Diagnostic.Kind.ERROR))
					continue;
				out.append("F\t").append(path).append('\n');
				if (unit.getPackageName() != null)
					out.append("S\t").append(unit.getLineMap().getLineNumber(((JCTree) unit.getPackage()).pos)).append('\t').append(unit.getPackageName()).append('\n');
				new Second(unit, out).scan(unit, "");
			}
		}
		System.out.write(out.toString().getBytes(StandardCharsets.UTF_8));
		System.out.flush();
	}
}
