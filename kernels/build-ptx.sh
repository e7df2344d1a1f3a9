#!/usr/bin/env bash
# Builds the PTX that the repository keeps, where nvcc is installed and the kept one is older than
# the CUDA sources. `build-ptx.sh FILE` writes to FILE instead, whatever the kept one says.
#
# The PTX's first line names its sources by a SHA-256 over all of them, its second the compiler. The
# same sources and compiler give the same file: lines in which nvcc names its build are dropped, and
# in the names of file-local symbols the hash of the folder they were built in is made zero.
set -euo pipefail
cd "$(dirname "$0")"

sources=src/main/cuda
kept=src/main/resources/io/gpumq/kernels/gpumq.ptx

nvcc=$(command -v nvcc || true)
[[ -n $nvcc || ! -x /usr/local/cuda/bin/nvcc ]] || nvcc=/usr/local/cuda/bin/nvcc
if [[ -z $nvcc ]]; then
  [[ $# -eq 0 ]] && exit 0
  echo "build-ptx.sh: no nvcc on the PATH or in /usr/local/cuda/bin" >&2
  exit 1
fi

# Sorted, each by name and content: the twin of PtxTest.hashOfSources.
hash=$(cd "$sources" && find . -type f -printf '%P\n' | LC_ALL=C sort | xargs -d '\n' sha256sum |
  sha256sum | cut -d ' ' -f 1)
stamp="// sources sha256 $hash"
if [[ $# -eq 0 && -f $kept && $(head -n 1 "$kept") == "$stamp" ]]; then
  exit 0
fi

out=${1:-$kept}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# compute_75 is the oldest GPU that nvcc 13 knows; the driver compiles it for the one it finds.
"$nvcc" -std=c++17 -O3 -arch=compute_75 -ptx -o "$work/gpumq.ptx" "$sources/gpumq.cu"
{
  echo "$stamp"
  echo "// nvcc $("$nvcc" --version | sed -n 's/.*, V\([0-9.]*\).*/\1/p')"
  sed -E '/^\/\//d; s/(_INTERNAL_|_GLOBAL__N__)[0-9a-f]{8}_/\100000000_/g' "$work/gpumq.ptx"
} >"$work/stamped.ptx"
mkdir -p "$(dirname "$out")"
cp "$work/stamped.ptx" "$out"
echo "built $out from $sources"
