#!/bin/sh
# Fetches two releases of openssl from Debian's source packages as plain .tar files.
# Usage: sources.sh DIR     prints the two files, older first; exit 77 where they cannot be had
set -eu
mkdir -p "$1"
cd "$1"

if [ "$(find . -name 'openssl-*.tar' | wc -l)" -lt 2 ]; then
	lists=$(mktemp -d)
	trap 'rm -rf "$lists"' EXIT
	mkdir -p "$lists/parts" "$lists/state/lists/partial" "$lists/cache/archives/partial"
	# the machine's own sources, asked for source packages too, in lists of our own
	: >"$lists/sources"
	for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
		[ -f "$file" ] && sed -n 's/^deb \(.*\)/deb-src \1/p' "$file" >>"$lists/sources"
	done
	for file in /etc/apt/sources.list.d/*.sources; do
		[ -f "$file" ] && sed 's/^Types:.*/Types: deb-src/' "$file" >"$lists/parts/$(basename "$file")"
	done
	apt="-o Dir::Etc::SourceList=$lists/sources -o Dir::Etc::SourceParts=$lists/parts -o Dir::State=$lists/state
		-o Dir::State::status=/var/lib/dpkg/status -o Dir::Cache=$lists/cache -o APT::Sandbox::User=root"
	# shellcheck disable=SC2086
	apt-get $apt update -qq >&2 || exit 77
	# shellcheck disable=SC2086
	for version in $(apt-cache $apt showsrc openssl | sed -n 's/^Version: //p' | sort -uV); do
		apt-get $apt source -qq --download-only "openssl=$version" >&2 || true
	done
	for packed in openssl_*.orig.tar.gz; do
		[ -f "$packed" ] || exit 77
		plain=${packed#openssl_}
		gunzip -c "$packed" >"openssl-${plain%.orig.tar.gz}.tar"
	done
fi
files=$(find "$PWD" -name 'openssl-*.tar' | sort -V)
[ "$(echo "$files" | wc -l)" -ge 2 ] || exit 77
echo "$files" | sed -n '1p;$p'
