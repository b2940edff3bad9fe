package io.flotilla.engine.rocks;

import java.util.zip.CRC32C;

/// CRC32C, the checksum of everything here that is not RocksDB's own.
final class Checksum {
  private Checksum() {}

  static int of(byte[] data) {
    return of(data, 0, data.length);
  }

  static int of(byte[] data, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(data, offset, length);
    return (int) crc.getValue();
  }
}
