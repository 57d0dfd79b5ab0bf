#include <vector>

namespace outer {
namespace inner {

class Base {
public:
	virtual ~Base();
	virtual void run() = 0;
};

template <typename T>
class Box : public Base {
public:
	Box() : value_() {}
	explicit Box(const T &value);
	void run() override { helper(); }
	operator bool() const { return true; }
	bool operator==(const Box &other) const;
	static int count;

private:
	T value_;
};

enum class Mode { Fast, Slow };
using Alias = std::vector<int>;

} // namespace inner

struct Plain {
	int x = 0;
	int get() const;
};

int Plain::get() const
{
	auto twice = [](int v) { int local = v; return local * 2; };
	return twice(x);
}

inner::Box<int> *make_box(int n)
{
	return new inner::Box<int>(n);
}

} // namespace outer

extern "C" {
int c_function(void);
}

#define CHECK(x) do { check(x); } while (0)

BEGIN_DECLS
EXPORT
class EXPORT ALIGNED(8) Exported final : public std::exception {
	EXPORT
	int exported_member;
};

class Window : public QWidget
{
	Q_OBJECT
public:
	explicit Window(int parent) : QWidget(parent) { }
public slots:
	void shown();
signals:
	void closed();
private:
	Q_DECLARE_PRIVATE(Window)
	Q_DISABLE_COPY(Window)
};

void
Window::shown()
{
	Q_FOREACH (int each, list) {
		use(each);
	}
	struct Inner {
		void deep() { use(1); }
	};
}

namespace spaced {

class Marked {
public:
	LIB_CONSTEXPR LIB_INLINE Marked(int v) : value_(v) { }
	LIB_EXPLICIT operator double() const { return value_; }
	SIZE &operator=(const SIZE &other);
	void lock() EXCLUSIVE_LOCK() { take(); }
	bool operator ()(int n) const;
private:
	int value_;
	std::vector<int> things GUARDED_BY(mutex);
	port::CondVar signal_ GUARDED_BY(mutex_);
	int counted GUARDED_BY(mutex) = 0;
};

}
