package org.example.app;

import java.util.List;

@Deprecated
public class Sample extends Base implements Runnable, Comparable<Sample> {
	private static final int LIMIT = 10;
	private int size, count;

	public Sample(int size) {
		this.size = size;
	}

	@Override
	public void run() {
		int local = helper(size);
		List<String> list = new ArrayList<>();
		list.forEach(x -> print(x));
		count++;
	}

	enum Mode { FAST, SLOW }

	interface Visitor { void visit(Sample s); }

	record Pair(int a, int b) {}

	@interface Marker { String value(); }
}
