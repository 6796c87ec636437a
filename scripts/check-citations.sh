#!/usr/bin/env bash
# Checks that every citation resolves to a key in papers-notes/README.md, and that every key is cited.
#
# A citation is a bracket in a comment of a Rust file, or in the text of docs/ and papers-notes/, that begins with a
# key: `[Lasso23]`, `[Lasso23, §5]`, `[Spice18, §4; BEGKN91]`. A key is a name and the two digits of a year. The
# table of keys is every line of papers-notes/README.md that begins with "| `Key` |".
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
(($# == 0)) || { sed -n '2,6s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
cd "$root"

keys=$(sed -nE 's/^\| `([A-Z][A-Za-z]+[0-9]{2})` \|.*/\1/p' papers-notes/README.md | sort)
[[ -n $keys ]] || { echo 'papers-notes/README.md has no keys' >&2; exit 1; }
twice=$(uniq -d <<<"$keys")
[[ -z $twice ]] || { echo "keys that are listed twice: $twice" >&2; exit 1; }

# One line per citation: file, key. Comments are joined first, for a bracket may span lines.
citations() {
    find . -name target -prune -o -name .git -prune -o \( -name '*.rs' -o -path './docs/*.md' -o -path './papers-notes/*.md' \) -print0 |
        xargs -0 perl -0777 -ne '
            my $text = $_;
            if ($ARGV =~ /\.rs$/) {
                # Comments only; consecutive ones become one line.
                $text = join "\n", map { m{//[/!]?\s?(.*)} ? $1 : "\0" } split /\n/, $text;
            }
            $text =~ s/\n(?!\0)/ /g;
            while ($text =~ /\[([A-Z][A-Za-z]+[0-9]{2}\b[^\[\]\0]*)\]/g) {
                for my $part (split /;/, $1) {
                    print "$ARGV $1\n" if $part =~ /^\s*([A-Z][A-Za-z]+[0-9]{2})\b\s*(,|$)/;
                }
            }
        '
}

failed=0 count=0
while read -r file key; do
    count=$((count + 1))
    grep -qxF "$key" <<<"$keys" || { echo "$file cites [$key], which papers-notes/README.md does not list"; failed=1; }
done < <(citations | sort -u)
((count > 0)) || { echo 'no citation found at all' >&2; exit 1; }
uncited=$(comm -23 <(echo "$keys") <(citations | cut -d' ' -f2 | sort -u))
[[ -z $uncited ]] || { echo "keys that nothing cites: $(tr '\n' ' ' <<<"$uncited")"; failed=1; }
((failed == 0)) || exit 1
echo "$count citations resolve to $(wc -l <<<"$keys") keys"
