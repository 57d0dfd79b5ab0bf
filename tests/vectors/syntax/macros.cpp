// Macros where the grammar knows none
DEFINE_FLAG(unsigned int, most, 256 << 10,
            "limit (bytes)");
DEFINE_FLAG(const char*, engine, "a, \"b\"", 'x');

namespace flags {
enum { first_flag = 1 };
const Flags::Value Flags::value = { };

TEST(Engine, Starts) {
	EXPECT_VALUE(unsigned short, 12u);
	struct Case {
		int wanted;
	};
	start(1);
}

TEST_F(EngineTest, Stops)
{
	stop();
}
} // namespace flags

template <typename Char, bool (*test)(Char)>
class FLAGS_API Holder {
public:
	template <typename... T>
	FLAGS_CONSTEXPR FLAGS_INLINE Holder(const T &...all) : all_{all...} {}

	template <typename S, FLAGS_ENABLE_IF(is_string<S>::value)>
	FLAGS_CONSTEXPR Holder(S s) noexcept
	    : data_(s.data()) {}
	explicit Holder(const char *text);
	~Holder() noexcept override FLAGS_DEFAULT;
};

class HTTP {
	HTTP(Request, Reply) { }
};

int broken = = 3;
TEST(Engine, IsFound) {
	start(2);
}

inline Stream::operator bool() const { return good(); }
struct Wide {
	static FLAGS_INLINE_VARIABLE constexpr std::size_t npos = 1;
};
struct convert<std::pair<T, U>> {
	int (*made)(T, U) = = nullptr;
};
