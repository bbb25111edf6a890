"""Writes tiny tokenizers of every kind, and what the reference library makes of some texts, to test/fixtures/tokenizers.

Regenerate (from the repository root, after `bash test/bench/peers/setup.sh`):

    test/bench/peers/.venv/bin/python test/bench/peers/tokenizers_fixtures.py

  texts.json    what every tokenizer reads
  models.json   vocabularies, trained on a few lines: the `model` of a tokenizer.json, by name
  cases.json    tokenizers: the name of a model, the other parts of tokenizer.json, and of every text its ids, what they
                decode to, and that without special tokens
  chats.json    conversations in the chat templates of templates/: the text and its ids with the generation prompt and
                without, as transformers' apply_chat_template gives them, or why it refuses
"""

import base64
import datetime
import json
import os
import struct

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "..", "..", "fixtures", "tokenizers")

CORPUS = [
    "The cat sat on the mat, and the other cat sat on the hat.",
    "It's what they've said: we'll go there, I'm sure you'd like that.",
    "def add(a, b):\n    return a + b  # 12 + 345 = 357\n\n\nfor i in range(1000):\n\tprint(add(i, i))\n",
    "The house of the baker is near the house of the miller; the miller bakes no bread.",
    "你好，世界。今天天气很好，我们去公园。你好吗？",
    "Où est la bibliothèque? Le café est là-bas; naïve façade, Straße.",
    "  two  spaces,   three   and a tab\tand the end   ",
    "Numbers: 1, 22, 333, 4444, 55555; 3.14159 and 2024-07-26.",
]

TEXTS = [
    "",
    " ",
    "a",
    "the cat",
    " the cat",
    "the cat ",
    "The cat sat on the mat.",
    "  two  spaces,   three   and   ",
    "It's what they've said, I'M SURE; we'll go",
    "\tdef add(a, b):\n    return a + b\n\n\n",
    "lines\r\nand\n \n  more\n",
    "1 22 333 4444 55555.5 ½ ² Ⅳ ٣٤",
    "你好，世界。𠀋 日本語",
    "café cafe\u0301 naïve Å ﬁ ①",
    "ΟΔΟΣ Σας İstanbul Straße",
    "🙂 👩‍👩‍👧 🇫🇷!",
    "a\u00a0b\u3000c\u200bd\ufeffe\u0085f",
    "\ufeffmark",
    "<s>the cat</s>",
    "the <mask> cat<mask>",
    "<|start|>user\nthe cat<|end|>\n",
    " <|start|> the <|end|>  the ",
    "one<word>two <word> three <word>, four_<word>",
    "UPPER upper <Keep> <keep>",
    "$& $1 \\ ``quoted''",
    "hello ...!? (a[b]) {c} #d_e-f/g",
    "x" * 40,
    "aaaa    bbbb        cccc",
    "don ' t , you 're it . do not",
    "▁under _ ▁▁two",
    "__proto__ constructor toString",
    "<0x41> <unk> <0xZZ>",
    "\u0915\u094d\u0937\u093f \u0e01\u0e33",
    "tail\u4f60\u4f60\u4f60 日",
]

BYTE_TOKENS = 480
BYTES = pre_tokenizers.ByteLevel(add_prefix_space=False)


def trained(tokenizer: Tokenizer, trainer) -> dict:
    tokenizer.train_from_iterator(CORPUS, trainer)
    return json.loads(tokenizer.to_str())["model"]


def byte_model() -> dict:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = BYTES
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    return trained(tokenizer, trainers.BpeTrainer(vocab_size=BYTE_TOKENS, initial_alphabet=alphabet, show_progress=False))


def piece_model() -> dict:
    """As SentencePiece's BPE: the unknown first, the 256 bytes, then pieces; here of a small alphabet."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    special = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)]
    trainer = trainers.BpeTrainer(
        vocab_size=420, special_tokens=special, limit_alphabet=70, show_progress=False
    )
    return trained(tokenizer, trainer)


def lossy_model() -> dict:
    """Of few characters and no bytes, so that much is unknown."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    return trained(
        tokenizer,
        trainers.BpeTrainer(
            vocab_size=120, special_tokens=["<unk>"], limit_alphabet=40, show_progress=False
        ),
    )


def suffix_model() -> dict:
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", end_of_word_suffix="</w>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    trainer = trainers.BpeTrainer(
        vocab_size=160, special_tokens=["<unk>"], end_of_word_suffix="</w>", limit_alphabet=50, show_progress=False
    )
    return trained(tokenizer, trainer)


def unigram_model() -> dict:
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=150, special_tokens=["<pad>", "</s>", "<unk>"], unk_token="<unk>", show_progress=False
    )
    model = trained(tokenizer, trainer)
    model["vocab"] = [[piece, round(score, 5)] for piece, score in model["vocab"]]
    return model


def unigram_bytes() -> dict:
    model = unigram_model()
    lowest = min(score for _, score in model["vocab"])
    found = [[f"<0x{byte:02X}>", round(lowest - 5, 5)] for byte in range(256)]
    return {**model, "vocab": model["vocab"] + found, "byte_fallback": True}


def wordpiece_model() -> dict:
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=30))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(vocab_size=260, special_tokens=special, show_progress=False)
    return trained(tokenizer, trainer)


def word_model() -> dict:
    tokenizer = Tokenizer(models.WordLevel(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    trainer = trainers.WordLevelTrainer(vocab_size=60, special_tokens=["<unk>"], show_progress=False)
    return trained(tokenizer, trainer)


MODELS = {
    "bytes": byte_model,
    "pieces": piece_model,
    "lossy": lossy_model,
    "suffix": suffix_model,
    "unigram": unigram_model,
    "unigramBytes": unigram_bytes,
    "wordpiece": wordpiece_model,
    "words": word_model,
}


def charsmap(replacements: dict) -> str:
    """SentencePiece's precompiled map: a double-array trie of what is replaced (darts-clone's units) and the texts in
    its place, each ended by a zero."""
    blob, offsets = b"", {}
    for text in sorted(set(replacements.values())):
        offsets[text] = len(blob)
        blob += text.encode() + b"\0"
    trie = {}
    for key, value in replacements.items():
        node = trie
        for byte in key.encode():
            node = node.setdefault(byte, {})
        node[0] = offsets[value]
    units, taken = {0: 0}, {0}

    def place(node: dict, at: int) -> None:
        base = next(
            base
            for base in range(1, 1 << 16)
            # The offset in a unit is exclusive-or-ed with where the unit stands.
            if (base ^ at) < 1 << 21 and all((base ^ byte) not in taken for byte in node)
        )
        taken.update(base ^ byte for byte in node)
        label = units.get(at, 0) & 0xFF
        units[at] = label | ((1 << 8) if 0 in node else 0) | ((base ^ at) << 10)
        for byte, child in node.items():
            if byte == 0:
                units[base] = child | (1 << 31)
            else:
                units[base ^ byte] = byte
        for byte, child in node.items():
            if byte != 0:
                place(child, base ^ byte)

    place(trie, 0)
    # A look-up may go as far as 255 beyond any base.
    array = [units.get(i, 0) for i in range((max(units) | 0xFF) + 1 + 256)]
    packed = struct.pack(f"<{len(array)}I", *array)
    return base64.b64encode(struct.pack("<I", len(packed)) + packed + blob).decode()


CHARSMAP = charsmap(
    {"ﬁ": "fi", "①": "1", "½": "1/2", "\u3000": " ", "\u00a0": " ", "\t": " ", "\n": " ", "\u200b": " ", "\r": "",
     "\ufeff": "", "e\u0301": "é", "Å": "Å", "🇫🇷": "FR"}
)  # fmt: skip


def added(id: int, content: str, **flags) -> dict:
    plain = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    return {"id": id, "content": content, **plain, **flags}


def byte_level(**changes) -> dict:
    return {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True, **changes}


def sequence(key: str, *parts) -> dict:
    return {"type": "Sequence", key: list(parts)}


def split(pattern: str, behavior: str = "Isolated", invert: bool = False, kind: str = "Regex") -> dict:
    return {"type": "Split", "pattern": {kind: pattern}, "behavior": behavior, "invert": invert}


def metaspace(**changes) -> dict:
    return {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True, **changes}


def replace(pattern: str, content: str, kind: str = "String") -> dict:
    return {"type": "Replace", "pattern": {kind: pattern}, "content": content}


def template(begin: str, id: int) -> dict:
    first = {"SpecialToken": {"id": begin, "type_id": 0}}
    a, b = ({"Sequence": {"id": name, "type_id": 0}} for name in "AB")
    known = {begin: {"id": begin, "ids": [id], "tokens": [begin]}}
    return {"type": "TemplateProcessing", "single": [first, a], "pair": [first, a, b], "special_tokens": known}


# Each family's pattern is a fact of its published tokenizer.json.
LLAMA3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
QWEN2 = LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")
CL100K = (
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]"
    r"|\s+(?!\S)|\s+"
)
O200K = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
CHATS = [added(480, "<|start|>"), added(481, "<|end|>"), added(482, "<s>"), added(483, "</s>")]
PIECES = [added(0, "<unk>"), added(1, "<s>"), added(2, "</s>")]
PIECE_DECODER = sequence(
    "decoders", replace("▁", " "), {"type": "ByteFallback"}, {"type": "Fuse"},
    {"type": "Strip", "content": " ", "start": 1, "stop": 0},
)  # fmt: skip


def regex_bytes(pattern: str) -> dict:
    return sequence("pretokenizers", split(pattern), byte_level(use_regex=False))


def case(model: str, tokens: list = (), normalizer=None, pre=None, post=None, decoder=None, **changes) -> dict:
    """`changes` are of the model."""
    return {
        "model": model,
        "changes": changes,
        "added_tokens": list(tokens),
        "normalizer": normalizer,
        "pre_tokenizer": pre,
        "post_processor": post,
        "decoder": decoder,
    }


def bytes_case(tokens: list = CHATS, **parts) -> dict:
    return case("bytes", tokens, **{"pre": byte_level(), "decoder": byte_level(), **parts})


def bytes_after(*parts) -> dict:
    return bytes_case([], pre=sequence("pretokenizers", *parts, byte_level(use_regex=False)))


def cases() -> dict:
    bert = {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None}
    prefixed = sequence("normalizers", {"type": "Prepend", "prepend": "▁"}, replace(" ", "▁"))
    words = {"type": "WordPiece", "prefix": "##", "cleanup": True}
    special = [added(i, name) for i, name in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])]
    precompiled = {"type": "Precompiled", "precompiled_charsmap": CHARSMAP}
    unigram = [added(0, "<pad>"), added(1, "</s>"), added(2, "<unk>")]
    found = {
        "gpt2": bytes_case(post=byte_level()),
        "roberta": bytes_case(
            [added(480, "<s>"), added(481, "</s>"), added(482, "<mask>", lstrip=True)],
            pre=byte_level(add_prefix_space=True),
            post={"type": "RobertaProcessing", "cls": ["<s>", 480], "sep": ["</s>", 481], "trim_offsets": True,
                  "add_prefix_space": True},
        ),  # fmt: skip
        "llama3": bytes_case(
            pre=regex_bytes(LLAMA3),
            post=sequence("processors", byte_level(), template("<s>", 482)),
            ignore_merges=True,
        ),
        "qwen2": bytes_case(normalizer={"type": "NFC"}, pre=regex_bytes(QWEN2), post=byte_level()),
        "cl100k": bytes_case(pre=regex_bytes(CL100K)),
        "o200k": bytes_case(pre=regex_bytes(O200K)),
        "deepseek": bytes_after(
            split(r"\p{N}{1,3}"), split(r"[一-龥぀-ゟ゠-ヿ]+"),
            split(r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"
                  r"| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"),
        ),  # fmt: skip
        "falcon": bytes_case(
            pre=sequence(
                "pretokenizers", {"type": "Punctuation", "behavior": "Contiguous"}, byte_level(),
                {"type": "Digits", "individual_digits": False}, split("[0-9][0-9][0-9]"),
            )
        ),  # fmt: skip
        "smollm": bytes_case(
            pre=sequence("pretokenizers", {"type": "Digits", "individual_digits": True}, byte_level())
        ),
        "bloom": bytes_after(split(r" ?[^(\s|[.,!?…。，、।۔،])]+")),
        "neox": bytes_case(
            [added(480 + i, " " * (8 - 2 * i), normalized=True, special=False) for i in range(3)],
            normalizer={"type": "NFC"},
        ),
        "strips": bytes_case(
            [added(480, "<|start|>", rstrip=True), added(481, "<|end|>", lstrip=True, rstrip=True),
             added(482, "<mask>", lstrip=True)]
        ),  # fmt: skip
        "single words": bytes_case([added(480, "<word>", single_word=True), added(481, "cat", single_word=True)]),
        "normalized tokens": bytes_case(
            [added(480, "<keep>", normalized=True, special=False), added(481, "<Keep>", special=False),
             added(482, "CAT", normalized=True, special=False)],
            normalizer={"type": "Lowercase"},
        ),  # fmt: skip
        "overlapping tokens": bytes_case(
            [added(480, "the"), added(481, "the cat"), added(482, " "), added(483, "\n", lstrip=True)]
        ),
        "llama": case("pieces", PIECES, prefixed, None, template("<s>", 1), PIECE_DECODER),
        "mistral": case(
            "pieces", PIECES, None, metaspace(prepend_scheme="first", split=False), template("<s>", 1), PIECE_DECODER
        ),
        "first of words": case(
            "pieces", [*PIECES, added(420, "cat", normalized=True, special=False)], None,
            sequence("pretokenizers", split(r"[.,;]"), metaspace(prepend_scheme="first")), None, PIECE_DECODER,
        ),  # fmt: skip
        "gemma": case(
            "pieces", PIECES, replace(" ", "▁"), split(" ", "MergedWithPrevious", kind="String"), template("<s>", 1),
            sequence("decoders", replace("▁", " "), {"type": "ByteFallback"}, {"type": "Fuse"}),
        ),  # fmt: skip
        "metaspace": case("pieces", PIECES, None, metaspace(), None, metaspace()),
        "metaspace never": case(
            "pieces", PIECES, None, metaspace(prepend_scheme="never"), None, metaspace(prepend_scheme="never")
        ),
        "old metaspace": case(
            "pieces", PIECES, None,
            {"type": "Metaspace", "replacement": "▁", "add_prefix_space": True, "str_rep": "▁"}, None,
            {"type": "Metaspace", "replacement": "▁", "add_prefix_space": True},
        ),  # fmt: skip
        "unknown pieces": case("lossy", [added(0, "<unk>")], None, {"type": "Whitespace"}),
        "unknown alone": case("lossy", [added(0, "<unk>")], None, {"type": "WhitespaceSplit"}, fuse_unk=False),
        "word ends": case(
            "suffix", [added(0, "<unk>")], {"type": "Lowercase"}, {"type": "Whitespace"}, None,
            {"type": "BPEDecoder", "suffix": "</w>"},
        ),  # fmt: skip
        "t5": case("unigram", unigram, precompiled, metaspace(), None, metaspace()),
        "unigram": case("unigram", unigram, None, metaspace(), None, metaspace()),
        "xlnet": case(
            "unigram", unigram,
            sequence("normalizers", replace("``", '"'), replace("''", "$&"), {"type": "NFKD"}, {"type": "StripAccents"},
                     {"type": "Lowercase"}, precompiled, replace(" {2,}", " ", "Regex")),
            sequence("pretokenizers", {"type": "WhitespaceSplit"}, metaspace()), None, metaspace(),
        ),  # fmt: skip
        "unigram of bytes": case(
            "unigramBytes", unigram, {"type": "Strip", "strip_left": False, "strip_right": True}, metaspace(), None,
            sequence("decoders", {"type": "ByteFallback"}, metaspace()),
        ),  # fmt: skip
        "bert": case(
            "wordpiece", special, {**bert, "lowercase": True}, {"type": "BertPreTokenizer"},
            {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]}, words,
        ),  # fmt: skip
        "cased": case(
            "wordpiece", special, {**bert, "lowercase": False, "strip_accents": True}, {"type": "Whitespace"}, None,
            {**words, "cleanup": False},
        ),  # fmt: skip
        "words": case("words", [added(0, "<unk>")], None, {"type": "Whitespace"}),
        "stripped": bytes_case([], normalizer={"type": "Strip", "strip_left": True, "strip_right": True}),
        "decomposed": bytes_case([], normalizer=sequence("normalizers", {"type": "NFD"}, {"type": "StripAccents"})),
        "compatible": bytes_case([], normalizer={"type": "NFKC"}),
        "prepended": bytes_case([], normalizer={"type": "Prepend", "prepend": "_"}),
        "delimiter": bytes_after({"type": "CharDelimiterSplit", "delimiter": "e"}),
        "digits": bytes_after({"type": "Digits", "individual_digits": False}),
        "fixed": bytes_after({"type": "FixedLength", "length": 3}),
        "no decoder": bytes_case([], decoder=None),
    }
    for behavior in ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"]:
        found[f"split {behavior}"] = bytes_after(split(r"\s|the", behavior))
        found[f"inverted split {behavior}"] = bytes_after(split(r"[a-z]{2}", behavior, True))
        found[f"punctuation {behavior}"] = bytes_after({"type": "Punctuation", "behavior": behavior})
    return found


def open_case(case: dict, model: dict) -> Tokenizer:
    names = ("added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder")
    parts = {"version": "1.0", "truncation": None, "padding": None, **{name: case[name] for name in names}}
    return Tokenizer.from_str(json.dumps({**parts, "model": {**model, **case["changes"]}}))


def read_case(case: dict, model: dict) -> dict:
    tokenizer = open_case(case, model)
    encoded = [tokenizer.encode(text, add_special_tokens=False).ids for text in TEXTS]
    return {
        **case,
        "begins": tokenizer.encode("").ids,
        "ids": encoded,
        "decoded": [tokenizer.decode(ids, skip_special_tokens=False) for ids in encoded],
        "plain": [tokenizer.decode(ids, skip_special_tokens=True) for ids in encoded],
    }


# The file of a template, whose tokenizer reads it, and its special tokens.
TEMPLATES = {
    "chatml": ("qwen2", {"eos_token": "<|end|>", "pad_token": "</s>"}),
    "thinking": ("qwen2", {"eos_token": "<|end|>"}),
    # Its tokenizer puts <s> before a text, and the template does too.
    "headers": ("llama3", {"bos_token": "<s>", "eos_token": "<|end|>"}),
    "zephyr": ("llama", {"bos_token": "<s>", "eos_token": "</s>"}),
    "instructions": ("mistral", {"bos_token": "<s>", "eos_token": "</s>"}),
    "small": ("smollm", {"bos_token": "<|start|>", "eos_token": "<|end|>"}),
    "rewriting": ("llama3", {"bos_token": "<s>", "eos_token": "</s>"}),
    "headings": ("gpt2", {"eos_token": "</s>"}),
}
USER, SYSTEM, ASSISTANT = ({"role": role} for role in ("user", "system", "assistant"))
CONVERSATIONS = [
    [{**USER, "content": "the cat"}],
    [{**SYSTEM, "content": "Say it briefly."}, {**USER, "content": "the cat"}],
    [
        {**SYSTEM, "content": " Say it /quiet briefly.\n"},
        {**USER, "content": "where?"},
        {**ASSISTANT, "content": " on the mat "},
        {**USER, "content": "  and then?\n"},
    ],
    [{**USER, "content": "two"}, {**USER, "content": "of them"}],
    [{**USER, "content": "x = {'a': 1}  # 🙂\n\tcafé <|end|> </s>"}],
]
ANSWERS = ["it sat.", " on the mat\n", "<think>\n a b \n</think>\n\n the hat", "\n\n"]


class Frozen(datetime.datetime):
    """The clock that templates ask."""

    @classmethod
    def now(cls, tz=None):
        return cls(2024, 7, 26)


def chats(cases: dict, built: dict) -> dict:
    """What is rendered by every template; a refusal is its reason."""
    from transformers import PreTrainedTokenizerFast
    from transformers.utils import chat_template_utils

    chat_template_utils.datetime = Frozen
    found = {}
    for name, (case, special) in TEMPLATES.items():
        with open(os.path.join(OUT, "templates", f"{name}.jinja")) as file:
            source = file.read()
        parsed = open_case(cases[case], built[cases[case]["model"]])
        tokenizer = PreTrainedTokenizerFast(tokenizer_object=parsed, chat_template=source, **special)

        def render(messages: list, prompting: bool) -> dict:
            options = {"add_generation_prompt": prompting, "return_dict": False}
            try:
                text = tokenizer.apply_chat_template(messages, tokenize=False, **options)
                ids = tokenizer.apply_chat_template(messages, tokenize=True, **options)
            except Exception as error:
                return {"refused": str(error)}
            return {"text": text, "ids": ids}

        found[name] = {"case": case, "special": special, "chats": [
            {
                "messages": messages,
                "prompt": render(messages, True),
                "whole": {answer: render([*messages, {**ASSISTANT, "content": answer}], False) for answer in ANSWERS},
            }
            for messages in CONVERSATIONS
        ]}  # fmt: skip
    return found


def write(name: str, value, by_line: bool = False) -> None:
    compact = lambda v: json.dumps(v, ensure_ascii=False, separators=(",", ":"))
    with open(os.path.join(OUT, name), "w") as file:
        if by_line and isinstance(value, dict):
            file.write("{\n" + ",\n".join(f"{json.dumps(k)}:{compact(v)}" for k, v in value.items()) + "\n}\n")
        else:
            file.write(compact(value) + "\n")


def vocabularies() -> dict:
    """Those there are, since the trainers break ties by chance; without the file they are trained anew."""
    path = os.path.join(OUT, "models.json")
    if not os.path.exists(path):
        write("models.json", {name: make() for name, make in MODELS.items()}, by_line=True)
    with open(path) as file:
        return json.load(file)


def main() -> None:
    built = vocabularies()
    write("texts.json", TEXTS)
    found = cases()
    write("cases.json", {name: read_case(c, built[c["model"]]) for name, c in found.items()}, by_line=True)
    write("chats.json", chats(found, built), by_line=True)


main()
