package broken;

public abstract class Endpoint implements Remote {
	private final Queue<Part> parts = new Queue<>();

	Object encode(Encoder encoder) {
		switch (encoder) {
			case Text text1 -> { return null; }
			case @Unused Encoder.Stream stream -> {
				try (Writer w = open()) { use(w); }
			}
			case null, default -> throw new Broken("no coder");
		}
	}

	public void close() throws Failure { shut(parts); }

	private enum State { OPEN, SHUT }

	private static class Sender {
		private final long until;
		Sender(long until) { this.until = until; }
	}
}
