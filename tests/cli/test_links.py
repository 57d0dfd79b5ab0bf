"""What each program loads: the privilege domains of the design, as the linker sees them."""
import re
import subprocess
import unittest

from harness import Case, program

# libc and the loader go without saying; the sanitizers' own libraries are looked past
ALLOWED = {
	"carrel": {"libncursesw", "libtinfo", "libsodium", "libseccomp", "libutf8proc", "libjansson", "libcmark", "libqrencode"},
	"carrel-keeper": {"libsqlite3", "libsodium", "libseccomp", "libjansson"},
	"carrel-reader": {"liblz4", "libzstd", "libpcre2-8", "libseccomp"},
	"carrel-indexer": {"libgit2", "libarchive", "libdeflate", "libisal", "libz", "liblz4", "libzstd", "libcrypto", "libseccomp"},
}
ALWAYS = {"libc", "libm", "ld-linux-x86-64", "libpthread", "libasan", "libubsan", "libgcc_s"}
NETWORK = re.compile(r"\b(socket|connect|bind|listen|accept4?|getaddrinfo|gethostbyname\w*|getnameinfo|res_\w+)(@|$)")


def needed(name):
	out = subprocess.run(["readelf", "-dW", program(name)], capture_output=True, text=True, check=True).stdout
	return {re.match(r"[^.]*(?:\.[^s.][^.]*)*?(?=\.so)", lib).group() for lib in re.findall(r"\(NEEDED\).*\[(.*)\]", out)}


def imported(name):
	out = subprocess.run(["nm", "-D", "--undefined-only", program(name)], capture_output=True, text=True, check=True).stdout
	return [line.split()[-1] for line in out.splitlines()]


class Links(Case):
	def test_each_program_loads_what_its_work_needs_and_nothing_else(self):
		for name, allowed in ALLOWED.items():
			with self.subTest(name):
				self.assertEqual(needed(name) - ALWAYS - allowed, set())

	def test_neither_database_nor_git_in_carrel(self):
		self.assertEqual(needed("carrel") & {"libsqlite3", "libgit2"}, set())

	def test_keeper_reader_and_indexer_import_no_network(self):
		for name in ("carrel-keeper", "carrel-reader", "carrel-indexer"):
			with self.subTest(name):
				self.assertEqual([s for s in imported(name) if NETWORK.match(s)], [])

	def test_programs_are_hardened(self):
		for name in ALLOWED:
			with self.subTest(name):
				out = subprocess.run(["readelf", "-hldW", program(name)], capture_output=True, text=True, check=True).stdout
				self.assertIn("DYN (Position-Independent Executable file)", out)
				self.assertRegex(out, r"GNU_RELRO")
				self.assertRegex(out, r"BIND_NOW|FLAGS.*NOW")
				self.assertRegex(out, r"GNU_STACK\s+\S+ \S+ \S+ \S+ \S+ RW ")


if __name__ == "__main__":
	unittest.main()
