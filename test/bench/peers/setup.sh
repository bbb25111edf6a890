#!/usr/bin/env bash
# Makes test/bench/peers/.venv (git-ignored, about 6 GB: the PyPI torch wheel does not
# load without its CUDA libraries, even on a machine that has no GPU).
#   bash test/bench/peers/setup.sh            PYTHON=python3.12 bash test/bench/peers/setup.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
python="${PYTHON:-$(command -v python3.11 || command -v python3)}"
[ -x .venv/bin/python ] || "$python" -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
HF_HUB_OFFLINE=1 TRL_EXPERIMENTAL_SILENCE=1 .venv/bin/python - <<'PY'
import torch, transformers, trl
from trl.experimental.ppo import PPOTrainer
print(f"torch {torch.__version__}, transformers {transformers.__version__}, trl {trl.__version__}: {PPOTrainer.__name__} imports")
PY
