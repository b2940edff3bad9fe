package io.flotilla.transport.frame;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;

/// Where a node's network buffers come from, and their ceiling. Whoever is about to queue bytes
/// asks [#full()] first and drops or refuses instead.
public final class Buffers {
  private static final int PAGE_BYTES = 8192;

  /* 8192 << 8 = 2 MiB a chunk: a frame with a snapshot's piece fits in one. */
  private static final int MAX_ORDER = 8;

  private final PooledByteBufAllocator allocator;
  private final long bytesMax;

  /// @param arenas about as many as threads use it
  public Buffers(int arenas, long bytesMax) {
    this.allocator =
        new PooledByteBufAllocator(
            true,
            1,
            arenas,
            PAGE_BYTES,
            MAX_ORDER,
            PooledByteBufAllocator.defaultSmallCacheSize(),
            PooledByteBufAllocator.defaultNormalCacheSize(),
            false);
    this.bytesMax = bytesMax;
  }

  public ByteBufAllocator allocator() {
    return allocator;
  }

  /// Bytes in buffers that are in use now.
  public long bytesUsed() {
    return allocator.pinnedDirectMemory() + allocator.pinnedHeapMemory();
  }

  public boolean full() {
    return bytesUsed() >= bytesMax;
  }
}
