using System.Text;

namespace Company.Product
{
	public delegate void Handler(int code);

	public class Server : Base, IDisposable
	{
		private readonly int limit = 10;
		public string Name { get; set; }
		public event Handler Changed;

		public Server(string name) { Name = name; }

		public int Run(Request request)
		{
			int local = Helper.Compute(request.Size);
			limit = local;
			return new Result<int>(local).Value;
		}
	}

	public struct Point { public int X; }
	public interface IShape { double Area(); }
	public enum Mode { Fast, Slow = 3 }
	public record Pair(int A, int B);
}
