#!/bin/sh
# Print a text file as a C string: embed.sh FILE NAME > out.c
# The result is `const char NAME[]`, ending with a zero byte.
set -eu
# ISO C promises strings of 4095 bytes only; every compiler here takes longer ones.
printf '#pragma GCC diagnostic ignored "-Woverlength-strings"\n'
printf 'extern const char %s[];\nconst char %s[] =\n' "$2" "$2"
sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/    "/' -e 's/$/\\n"/' "$1"
printf '    "";\n'
