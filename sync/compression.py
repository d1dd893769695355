"""Zstandard for segments and sheets, one compressor a thread because the objects are not thread-safe.

The dictionary is pinned by its number: what was written with it must be readable for ever. What nothing compresses
(ids, the low bytes of clocks) stands beside the compressed part, where it does not spoil the coding of the rest.
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


_FORMAT: Final = zstandard.FORMAT_ZSTD1_MAGICLESS
#: The first byte: dictionary 1, a part that is not compressed, a frame without its magic.
_KIND: Final = b"\x02"
_SIZE_BYTES: Final = 3
_BEGIN: Final = len(_KIND) + _SIZE_BYTES


class _Codec(threading.local):
    def __init__(self) -> None:
        dictionary = zstandard.ZstdCompressionDict(DICTIONARY_1, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
        settings = zstandard.ZstdCompressionParameters.from_level(
            LEVEL, format=_FORMAT, write_content_size=True, write_checksum=False, write_dict_id=False
        )
        self.pack = zstandard.ZstdCompressor(dict_data=dictionary, compression_params=settings)
        self.unpack = zstandard.ZstdDecompressor(dict_data=dictionary, format=_FORMAT)


_codec = _Codec()


def pack(data: bytes, incompressible: bytes = b"") -> bytes:
    """Compress `data` with dictionary 1; `incompressible` goes beside it as it is."""
    size = len(incompressible).to_bytes(_SIZE_BYTES, "little")
    return b"".join((_KIND, size, incompressible, _codec.pack.compress(data)))


def unpack(stored: bytes) -> tuple[bytes, bytes]:
    """Undo `pack`: (data, what was incompressible). Raises ValueError when the bytes are not from it."""
    if stored[:1] != _KIND:
        raise ValueError("unknown compression")
    end = _BEGIN + int.from_bytes(stored[1:_BEGIN], "little")
    try:
        return bytes(_codec.unpack.decompress(stored[end:])), stored[_BEGIN:end]
    except zstandard.ZstdError as error:
        raise ValueError("damaged data") from error
