import java.util.*;
import static org.example.Limits.MAX;

class Roles {
	private int depth = MAX;
	Roles(Store store) { this.store = store; }

	<T extends Shape> List<T> read(String name, int... sizes) throws IOException {
		outer:
		for (int size : sizes) {
			depth += size + limit;
			if (size > Limits.HIGH) break outer;
		}
		try (Reader in = open(name)) {
			table[index] = in.mode;
		} catch (Broken broken) {
			report(broken, this::close);
		}
		Runnable run = () -> state = name.length();
		if (store instanceof Box box && box.full) return new Chain<T>(Kind.OPEN);
		return items.stream().map(x -> x.next(factor)).toList();
	}
}
