package io.flotilla.codec;

import io.flotilla.spi.StoreBeat;
import java.nio.ByteBuffer;

/// A store's beat as the body of one frame: a version byte, seven varints and a flag
/// (docs/formats.md).
public final class StoreBeatCodec {
  /// The most that a beat takes.
  public static final int BYTES_MAX = 2 + 7 * ByteWriter.VARINT_BYTES_MAX;

  private static final int VERSION = 1;

  private StoreBeatCodec() {}

  /// Writes from the buffer's position on; [#BYTES_MAX] bytes must have room.
  public static void encode(StoreBeat beat, ByteBuffer target) {
    new ByteWriter(target)
        .u8(VERSION)
        .varint(beat.incarnation())
        .varint(beat.toIncarnation())
        .varint(beat.epoch())
        .varint(beat.number())
        .varint(beat.answeredEpoch())
        .varint(beat.answeredNumber())
        .varint(beat.withdrawnEpoch())
        .u8(beat.stalled() ? 1 : 0);
  }

  /// Takes everything up to the buffer's limit.
  public static StoreBeat decode(ByteBuffer bytes) {
    ByteReader reader = new ByteReader(bytes, "store beat");
    int version = reader.u8();
    if (version != VERSION) {
      throw reader.bad("unknown version " + version);
    }
    try {
      StoreBeat beat =
          new StoreBeat(
              reader.varint(),
              reader.varint(),
              reader.varint(),
              reader.varint(),
              reader.varint(),
              reader.varint(),
              reader.varint(),
              reader.bool());
      reader.end();
      return beat;
    } catch (IllegalArgumentException e) {
      throw new CodecException("store beat: " + e.getMessage(), e);
    }
  }
}
