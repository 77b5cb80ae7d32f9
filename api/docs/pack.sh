#!/bin/sh
# SPDX-License-Identifier: LicenseRef-Proprietary
#
# api/docs/pack.sh DIR - what the pages at /api/docs and /api/redoc are made of, into DIR:
# each file as it is and compressed, under a name that changes with its bytes, and on
# standard output the C table of them. Run from the root of the tree by the Makefile.
set -eu
OUT=$1
HERE=api/docs
FROM=$HERE/node_modules
rm -rf "$OUT"
mkdir -p "$OUT/plain"

# Maps are not served, so nobody is sent to look for them.
bundle() { sed '/^\/[/*]# sourceMappingURL=/d' "$1" >"$OUT/plain/${1##*/}"; }
bundle $FROM/swagger-ui-dist/swagger-ui-bundle.js
bundle $FROM/swagger-ui-dist/swagger-ui.css
bundle $FROM/redoc/bundles/redoc.standalone.js
# The one thing that ReDoc would fetch from elsewhere: the picture beside its maker's name.
sed -i 's#https://cdn\.redoc\.ly/[a-z/.-]*#data:,#g' "$OUT/plain/redoc.standalone.js"
for own in swagger.js redoc.js docs.css icon.svg; do cp $HERE/$own "$OUT/plain/"; done
cat $FROM/swagger-ui-dist/NOTICE $FROM/swagger-ui-dist/LICENSE \
    $FROM/swagger-ui-dist/swagger-ui-bundle.js.LICENSE.txt \
    $FROM/redoc/LICENSE $FROM/redoc/bundles/redoc.standalone.js.LICENSE.txt \
    >"$OUT/licences.txt"

hash_of() { sha256sum <"$1" | cut -c1-16; }
names=''
for file in "$OUT"/plain/*; do
    base=${file##*/}
    name=${base%.*}.$(hash_of "$file").${base##*.}
    mv "$file" "$OUT/$name"
    names="$names -e s/{{$base}}/$name/"
done
rmdir "$OUT/plain"
for page in swagger.html redoc.html; do
    # shellcheck disable=SC2086
    sed $names $HERE/$page >"$OUT/$page"
    if grep -q '{{' "$OUT/$page"; then
        echo "$HERE/$page: error: names a file that is not packed" >&2
        exit 1
    fi
done
for file in "$OUT"/*; do gzip -9 -n -k "$file"; done

echo '/* Made by api/docs/pack.sh. */'
echo '#include "api/docs.h"'
rows='' number=0
for file in "$OUT"/*; do
    case $file in *.gz) continue ;; esac
    s=docs_file_$number
    number=$((number + 1))
    printf '__asm__(".pushsection .rodata\\n%s_a: .incbin \\"%s\\"\\n%s_b: .incbin \\"%s.gz\\"\\n' \
        $s "$file" $s "$file"
    printf '%s_c: .byte 0\\n.popsection");\n' $s
    printf 'extern const char %s_a[], %s_b[], %s_c[];\n' $s $s $s
    rows="$rows    {\"${file##*/}\", \"W/\\\"$(hash_of "$file")\\\"\", ${s}_a, ${s}_b, ${s}_c},
"
done
printf 'const struct docs_file docs_files[] = {\n%s};\n' "$rows"
echo 'const int docs_files_n = sizeof docs_files / sizeof *docs_files;'
