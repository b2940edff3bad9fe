package io.flotilla.engine.mvcc;

import io.flotilla.spi.EventLoop;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Threads for reads that may have to wait for the disk, as one store loop uses them. Bounded.
/// Confined to the loop; only the reads themselves run elsewhere.
public final class ReadPool {
  private final EventLoop loop;
  private final List<EventLoop> threads;
  private final int pendingMax;
  private int pending;
  private int next;

  /// @param pendingMax the most reads queued or running for this loop
  public ReadPool(EventLoop loop, List<EventLoop> threads, int pendingMax) {
    this.loop = loop;
    this.threads = List.copyOf(threads);
    this.pendingMax = pendingMax;
  }

  /// How many reads are queued or running for this loop.
  int pending() {
    return pending;
  }

  int pendingMax() {
    return pendingMax;
  }

  /// Runs `read` on a thread of the pool and hands its result, or what it threw, to the loop.
  /// False: the pool is full, and nothing will be called.
  <T> boolean submit(Supplier<T> read, Consumer<T> onRead, Consumer<RuntimeException> onFailed) {
    if (pending >= pendingMax) {
      return false;
    }
    pending++;
    next = (next + 1) % threads.size();
    threads.get(next).execute(() -> run(read, onRead, onFailed));
    return true;
  }

  private <T> void run(Supplier<T> read, Consumer<T> onRead, Consumer<RuntimeException> onFailed) {
    Runnable back;
    try {
      T result = read.get();
      back = () -> onRead.accept(result);
    } catch (RuntimeException e) {
      back = () -> onFailed.accept(e);
    } catch (Error e) {
      // Nobody who waits may be left without an answer, and the room in the pool comes back.
      back = () -> onFailed.accept(new IllegalStateException("a read failed: " + e, e));
    }
    Runnable then = back;
    loop.execute(() -> {
      pending--;
      then.run();
    });
  }
}
