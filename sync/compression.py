"""Zstandard for segments and sheets, one compressor a thread because the objects are not thread-safe.

The dictionary is pinned by its number: what was written with it must be readable for ever.
"""

import threading
from typing import Final

import zstandard

LEVEL: Final = 1
# Typical operation and sheet text; raw content, so its bytes are the dictionary. Never edit: add 2.
DICTIONARY_1: Final = (
    b'{"title":null,"text":"","photo":"","sha256":"","size":,"mime":"image/jpeg","width":2560,'
    b'"height":1920,"of":"finding/","source":"stream","location":{"kind":"manual","place":"'
    b'{"v":1,"uid":"","seq":1,"prev":"","kind":"chain.open","t":[17,"body":{"chain":"","person":"'
    b'","device":"","alg":"ES256","key":"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE","app":"1.0"}}'
    b'"kind":"visit.open","visit":"","parents":[],"body":{"team":"","mine":"","kind":"round",'
    b'"date":"2026-0","ordinal":1,"edition":""}}"kind":"visit.done","body":{"answers":,"findings":'
    b',"photos":0}}"kind":"finding.set","body":{"finding":"","set":{"item":"","place":"",'
    b'"severity":"general","text":"","deadline":"2026-"},"seen":{}}}join/sign/photo/finding/place'
    b'{"outcome":"pass"}{"outcome":"fail","value":,"unit":"%CH4","note":"","reason":""}'
    b'answer/VEN-001/-answer/GAS-001/"]}"kind":"answer.set","visit":"","reg":"answer/","parents":'
    b'["],"t":[17,"body":{"outcome":"pass"}}{"v":1,"uid":"","seq":,"prev":""'
)


class _Codec(threading.local):
    def __init__(self) -> None:
        dictionary = zstandard.ZstdCompressionDict(DICTIONARY_1, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
        self.pack = zstandard.ZstdCompressor(level=LEVEL, dict_data=dictionary)
        self.unpack = zstandard.ZstdDecompressor(dict_data=dictionary)


_codec = _Codec()


def pack(data: bytes) -> bytes:
    """Compress with dictionary 1; the first byte names the dictionary."""
    return b"\x01" + _codec.pack.compress(data)


def unpack(data: bytes) -> bytes:
    """Undo `pack`; raises ValueError when the bytes are not from it."""
    if data[:1] != b"\x01":
        raise ValueError("unknown compression")
    try:
        return bytes(_codec.unpack.decompress(data[1:]))
    except zstandard.ZstdError as error:
        raise ValueError("damaged data") from error
