#!/usr/bin/env bash
# On a machine with an NVIDIA card: unpacks what pack.ts packed into a folder, and measures.
#   bash run.sh FOLDER [what table.ts takes: --only WORDS, --rehearse ...]
# Everything goes into FOLDER: what was measured into results.jsonl, the table into results.txt (of a rehearsal into
# rehearsal.*). Called again it unpacks what is new and measures what is missing. PYTHON names the Python that has
# PyTorch (python3 by default), BUDGET the seconds it may take (560). Pieces of archives that are not needed may be left
# at home; those of one archive come whole or not at all.
set -euo pipefail

[ $# -ge 1 ] || { sed -n '2,7s/^# *//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
pieces="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
mkdir -p "$1"
into="$(cd "$1" && pwd)"
shift
python="$(command -v "${PYTHON:-python3}")" || { echo "there is no ${PYTHON:-python3}" >&2; exit 1; }

expand() {
  if command -v xz >/dev/null; then xz -dc; else
    "$python" -c 'import lzma, shutil, sys; shutil.copyfileobj(lzma.open(sys.stdin.buffer), sys.stdout.buffer)'
  fi
}

# An archive is unpacked once: its name has the hash of what is in it.
unpack() {
  local archive="$1" mark="$into/.unpacked/$1"
  [ ! -e "$mark" ] || return 0
  compgen -G "$pieces/$archive.*" >/dev/null || { echo "$archive was not brought along"; return 0; }
  (cd "$pieces" && grep -F "  $archive." SHA256SUMS | sha256sum --check --quiet) ||
    { echo "$archive is damaged, or not all of its pieces are here" >&2; exit 1; }
  cat "$pieces/$archive".* | expand | tar -x -C "$into"
  mkdir -p "$into/.unpacked" && touch "$mark"
}
for archive in $(sed -E 's/^[0-9a-f]+  (.*)\.[0-9]+$/\1/' "$pieces/SHA256SUMS" | uniq); do unpack "$archive"; done

# The machine's own Vulkan loader goes first; the driver says in a file where it is.
library_path="${LD_LIBRARY_PATH:-}"
also() { if [ -d "$1" ]; then library_path="${library_path:+$library_path:}$1"; fi; }
for folder in /usr/share/vulkan/icd.d /etc/vulkan/icd.d /usr/local/share/vulkan/icd.d /usr/local/nvidia/share/vulkan/icd.d; do
  for driver in "$folder"/nvidia_icd*.json; do
    [ -e "$driver" ] && export VK_ICD_FILENAMES="${VK_ICD_FILENAMES:-$driver}"
  done
done
results="$into/results"
case " $* " in *" --rehearse "*)
  results="$into/rehearsal"
  export VK_ICD_FILENAMES="${VK_ICD_FILENAMES:-$into/lib/vk_swiftshader_icd.json}"
esac
also /usr/local/nvidia/lib64
if ! { PATH="$PATH:/sbin:/usr/sbin" ldconfig -p || true; } 2>/dev/null | grep -q 'libvulkan\.so\.1'; then also "$into/lib"; fi
# ONNX Runtime's CUDA provider takes PyTorch's CUDA libraries.
if compgen -G "$into/workbench/node_modules/onnxruntime-node/bin/*/linux/x64/libonnxruntime_providers_cuda.so" >/dev/null; then
  for folder in $("$python" -c 'import glob, nvidia; print("\n".join(f for p in nvidia.__path__ for f in glob.glob(p + "/*/lib")))'); do
    also "$folder"
  done
fi
export HOME="${HOME:-$into}" XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-$into}"
export PEERS_PYTHON="$python" PYTHONPATH="$into/site${PYTHONPATH:+:$PYTHONPATH}"

# Only what the Python lacks is taken from the wheels.
has_trl() { "$python" -c 'from trl.experimental.ppo import PPOTrainer' 2>"$into/trl.log"; }
if ! has_trl; then
  for wheel in "$into"/wheels/*.whl; do
    name="$(basename "$wheel" | sed 's/-.*//')"
    "$python" -c "import $name" 2>/dev/null ||
      "$python" -m pip install --quiet --no-index --no-deps --no-compile --target "$into/site" "$wheel" || true
  done
  has_trl || echo "TRL cannot be imported, so PPO has no peer: $(tail -n 1 "$into/trl.log")"
fi

cd "$into/workbench"
export LD_LIBRARY_PATH="$library_path"
node="$into/bin/node"
nvidia-smi --query-gpu=name,driver_version,memory.total,clocks.max.sm,clocks.max.memory --format=csv,noheader 2>/dev/null || true
"$python" -c 'import torch, transformers; print("PyTorch", torch.__version__, "with CUDA", torch.version.cuda, "and Transformers", transformers.__version__)' || true
timeout 120 "$node" core/host/workbench.ts devices || true
"$node" test/bench/gpu/table.ts --results "$results.jsonl" --seconds $((${BUDGET:-560} - SECONDS)) "$@" | tee "$results.txt"
