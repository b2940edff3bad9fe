package io.flotilla.raft;

import io.flotilla.keyspace.PeerId;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes numbers one behind the other, small ones in one byte: what is kept of a group at rest.
/// [RestReader] reads them in the same order; nothing says what is what.
public final class RestWriter {
  private static final int BYTES_GUESS = 96;

  private byte[] bytes = new byte[BYTES_GUESS];
  private int size;

  public void number(long value) {
    long rest = (value << 1) ^ (value >> 63); // small negative ones are small, too
    while ((rest & ~0x7FL) != 0) {
      put((byte) (rest | 0x80));
      rest >>>= 7;
    }
    put((byte) rest);
  }

  public void flag(boolean value) {
    put((byte) (value ? 1 : 0));
  }

  public void peer(@Nullable PeerId peer) {
    number(peer == null ? 0 : peer.value());
  }

  public void peers(List<PeerId> peers) {
    number(peers.size());
    peers.forEach(this::peer);
  }

  public void entry(EntryId id) {
    number(id.term());
    number(id.index());
  }

  public byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  private void put(byte value) {
    if (size == bytes.length) {
      bytes = Arrays.copyOf(bytes, size * 2);
    }
    bytes[size++] = value;
  }
}
