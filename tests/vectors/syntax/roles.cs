using Alias = Company.Tools.Box;

class Reader : Base
{
	private int depth = Limits.Max;
	int IShape.Area(List<Point> points, out int total) => total = points.Count + factor;
	public string Name { get => name; set => name = value; }
	~Reader() { Close(); }

	void Read(Store store, params int[] sizes)
	{
		foreach (var size in sizes)
			depth += size + limit;
		if (store is Box { Full: true } box && box.Lid is Cover cover)
			Report(cover, level: high);
		using (var file = Open(store?.Path)) { table[index] = file.Mode; }
		int Local(int x) => x * scale;
		Action run = () => state = store.Next<Item>();
		var made = new Item(typeof(Kind), nameof(Read)) { Size = wide };
		try { } catch (Broken broken) when (broken.Code == code) { }
	}
}

struct Money
{
	public static bool operator ==(Money a, Money b) => a.sum == b.sum;
	public static implicit operator Money (long sum) => new Money(sum);
	public static explicit operator List<long>(Money m) => m.list;
}
