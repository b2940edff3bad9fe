package io.flotilla.codec;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.spi.RandomSource;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/// Any bytes decode to a value or to a [CodecException], never to another exception, and never take
/// memory out of proportion.
class HostileBytesTest {
  private static final int CASES = 3_000;

  private final RandomSource random = new RandomSource(7);
  private final RandomValues values = new RandomValues(random.fork("values"));

  /// One thing that is encoded and decoded.
  private record Format(Supplier<byte[]> encoded, Consumer<byte[]> decode) {}

  private final List<Format> formats =
      List.of(
          new Format(() -> CommandCodec.encode(values.command()), CommandCodec::decode),
          new Format(() -> DescriptorCodec.encode(values.descriptor()), DescriptorCodec::decode),
          new Format(() -> ManifestCodec.encode(values.manifest()), ManifestCodec::decode),
          new Format(
              () -> ManifestCodec.encodeNote(values.installNote()), ManifestCodec::decodeNote),
          new Format(
              () -> SnapshotMessageCodec.encode(values.snapshotMessage()),
              SnapshotMessageCodec::decode),
          new Format(
              () -> RangeMessageCodec.encode(values.rangeMessages()), RangeMessageCodec::decode));

  @Test
  void randomBytes() {
    for (Format format : formats) {
      for (int i = 0; i < CASES; i++) {
        byte[] bytes = values.bytes(200);
        if (bytes.length > 1 && random.oneIn(2)) {
          bytes[0] = 1;
          bytes[1] = (byte) random.nextInt(24);
        }
        decodeOrRefuse(format, bytes);
      }
    }
  }

  @Test
  void truncations() {
    for (Format format : formats) {
      for (int i = 0; i < CASES; i++) {
        byte[] bytes = format.encoded.get();
        decodeOrRefuse(format, Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)));
      }
    }
  }

  @Test
  void bitFlips() {
    for (Format format : formats) {
      for (int i = 0; i < CASES; i++) {
        byte[] bytes = format.encoded.get();
        for (int flips = 1 + random.nextInt(3); bytes.length > 0 && flips > 0; flips--) {
          bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        decodeOrRefuse(format, bytes);
      }
    }
  }

  @Test
  void aCountBeyondTheBytesIsRefusedBeforeAnythingIsAllocated() {
    byte[] writes = {1, 1, -1, -1, -1, -1, 7, 0, 0};
    assertThrows(CodecException.class, () -> CommandCodec.decode(writes));
    byte[] value = {1, 1, 1, 0, -1, -1, -1, -1, 7};
    assertThrows(CodecException.class, () -> CommandCodec.decode(value));
    byte[] beats = {1, 1, -1, -1, -1, -1, 7, 0, 0};
    assertThrows(CodecException.class, () -> RangeMessageCodec.decode(beats));
  }

  @Test
  void aNewerVersionIsNamed() {
    CodecException refusal =
        assertThrows(CodecException.class, () -> CommandCodec.decode(new byte[] {9, 1, 0}));
    assertTrue(refusal.getMessage().contains("unknown version 9"), refusal.getMessage());
  }

  @Test
  void anUnknownReplicaKindIsRefused() {
    byte[] bytes = {8, 1, 18, 0, 24, 1, 34, 6, 8, 1, 16, 1, 24, 9};
    CodecException refusal =
        assertThrows(CodecException.class, () -> DescriptorCodec.decode(bytes));
    assertTrue(refusal.getMessage().contains("unknown replica kind 9"), refusal.getMessage());
  }

  private static void decodeOrRefuse(Format format, byte[] bytes) {
    try {
      format.decode.accept(bytes);
    } catch (CodecException expected) {
      assertTrue(expected.getMessage().length() > 10);
    }
  }
}
