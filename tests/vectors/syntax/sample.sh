#!/bin/bash
# comment
LIMIT=10
export NAME="x"

usage() {
	local inner=1
	echo "usage: $0 ${LIMIT}" >&2
}

function main {
	usage "$@" | grep -v 'x'
	cat <<END
text $NAME
END
}

main "$@"
