package io.flotilla.engine.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.flotilla.codec.CodecException;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoreLookTest {
  private static final StoreLook LOOK =
      new StoreLook(
          30_000,
          29_990,
          List.of(
              new StoreLook.Peer(new StoreId(2), true, false, true, false, 77_000),
              new StoreLook.Peer(new StoreId(3), false, true, false, true, 0)),
          List.of(new RangeId(1), new RangeId(7), new RangeId(100_000)));

  @Test
  void isReadAsItWasWritten() {
    assertEquals(LOOK, StoreLook.decode(ByteBuffer.wrap(LOOK.encode())));
    StoreLook empty = new StoreLook(0, 0, List.of(), List.of());
    assertEquals(empty, StoreLook.decode(ByteBuffer.wrap(empty.encode())));
  }

  @Test
  void anythingElseIsRefused() {
    byte[] bytes = LOOK.encode();
    for (int length = 0; length < bytes.length; length++) {
      ByteBuffer cut = ByteBuffer.wrap(Arrays.copyOf(bytes, length));
      assertThrows(CodecException.class, () -> StoreLook.decode(cut));
    }
    assertThrows(
        CodecException.class,
        () -> StoreLook.decode(ByteBuffer.wrap(Arrays.copyOf(bytes, bytes.length + 1))));
    bytes[0] = 9;
    assertThrows(CodecException.class, () -> StoreLook.decode(ByteBuffer.wrap(bytes)));
  }
}
