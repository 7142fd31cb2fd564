"""Converts a GGUF file to a folder of bf16 safetensors, which vLLM reads on a CPU (it does not read GGUF there).

Run by the model environment's own interpreter, where transformers lives: ``python convert_gguf.py GGUF FOLDER``.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path


def convert(gguf: Path, folder: Path) -> None:
    """Dequantize the weights of ``gguf`` and save them with the tokenizer and chat template into ``folder``."""
    import torch  # type: ignore[import-not-found]
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig  # type: ignore[import-not-found]

    started = time.monotonic()

    def say(what: str) -> None:
        print(f"{time.monotonic() - started:5.0f} s  {what}", flush=True)

    say("reading the tokenizer")
    tokenizer = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name)
    if not tokenizer.chat_template:
        raise SystemExit(f"{gguf.name} carries no chat template, so a chat endpoint cannot serve it")
    say("dequantizing the weights")
    model = AutoModelForCausalLM.from_pretrained(
        gguf.parent,
        gguf_file=gguf.name,
        quantization_config=GgufConfig(dequantize=True),
        dtype=torch.bfloat16,
    )
    say("writing safetensors")
    model.to(torch.bfloat16).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    say("done")


def main(arguments: list[str]) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Convert a GGUF file to bf16 safetensors.")
    parser.add_argument("gguf", type=Path)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args(arguments)
    convert(given.gguf, given.folder)


if __name__ == "__main__":
    main(sys.argv[1:])
