#!/bin/sh
# Makes the profile that the parsers are compiled for.  usage: train.sh STAMP FOLDER TRAIN FILE...
set -eu
stamp=$1
rm -rf "$2" # or the counts would be added to those of the last run
mkdir "$2"
shift 2
"$@"
echo '/* the profile is there */' >"$stamp"
