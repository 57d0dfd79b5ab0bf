#!/bin/sh
# Fetches the oldest and the newest release that can be had of one of Debian's source packages, as plain .tar files.
# Usage: sources.sh DIR [PACKAGE [COUNT]]     openssl and 2 otherwise
# Prints the files, older first; exit 77 where they cannot be had.
set -eu
package=${2:-openssl}
count=${3:-2}
mkdir -p "$1"
cd "$1"

have() {
	find . -name "$package-*.tar" | wc -l
}

# plain FILE: unpacked to PACKAGE-VERSION.tar
plain() {
	name=${1#"${package}_"}
	name=$package-${name%.orig.tar.*}.tar
	[ -f "$name" ] && return
	case $1 in
	*.gz) gunzip -c "$1" ;;
	*.xz) xz -dc "$1" ;;
	*.bz2) bunzip2 -c "$1" ;;
	esac >"$name.part"
	mv "$name.part" "$name"
}

# take COUNT VERSION...: the first of the versions that can be had, until there are COUNT
take() {
	wanted=$1
	shift
	for version in "$@"; do
		[ "$(have)" -lt "$wanted" ] || return 0
		# shellcheck disable=SC2086
		apt-get $apt source -qq --download-only "$package=$version" >&2 || true
		for packed in "$package"_*.orig.tar.*; do
			case $packed in *.asc) continue ;; esac
			[ ! -f "$packed" ] || plain "$packed" || rm -f "$packed"
		done
	done
}

# seek: the newest release, then the oldest ones, among those that the lists have
seek() {
	# shellcheck disable=SC2086
	apt-get $apt update -qq >&2 || exit 77
	# shellcheck disable=SC2086
	versions=$(apt-cache $apt showsrc "$package" | sed -n 's/^Version: //p' | sort -uV)
	# shellcheck disable=SC2086
	take 1 $(echo "$versions" | tac)
	# shellcheck disable=SC2086
	take "$count" $versions
}

if [ "$(have)" -lt "$count" ]; then
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
	seek
	if [ "$(have)" -lt "$count" ]; then
		# what came after the machine's own release, from the same servers
		# shellcheck disable=SC1091
		own=$(. /etc/os-release && echo "$VERSION_CODENAME")
		sed -i "s/ $own / unstable /" "$lists/sources"
		find "$lists/parts" -type f -exec sed -i -E "s/^Suites:(.* )?$own( .*)?\$/Suites: unstable/" {} +
		seek
	fi
fi
[ "$(have)" -ge "$count" ] || exit 77
files=$(find "$PWD" -name "$package-*.tar" | sort -V)
if [ "$count" -lt 2 ]; then echo "$files" | sed -n '$p'; else echo "$files" | sed -n '1p;$p'; fi
