package io.flotilla.engine.node;

import io.flotilla.spi.StorageException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What has come up so far: closed in the reverse order, once, whatever fails on the way.
///
/// Nothing may be closed before what uses it has ended: a database closed under a thread that waits
/// for the disk would crash the process. So when a part hangs, the others wait for it, in the
/// background; only whoever asked to close waits no longer than the bound.
final class Closing implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("io.flotilla.node");

  private final Duration bound;
  private final Deque<Part> parts = new ArrayDeque<>();
  private final CountDownLatch done = new CountDownLatch(1);
  private boolean begun;
  private long giveUpAtNanos;
  private boolean told;
  private @Nullable Part underWay;

  private record Part(String name, AutoCloseable closeable) {}

  /// @param bound how long [#close] waits
  Closing(Duration bound) {
    this.bound = bound;
  }

  /// Takes a part that is up; one that comes too late is closed at once.
  ///
  /// @param name for people, if it hangs
  <T extends AutoCloseable> T add(String name, T closeable) {
    Part part = new Part(name, closeable);
    synchronized (this) {
      if (!begun) {
        parts.push(part);
        return closeable;
      }
    }
    close(part);
    return closeable;
  }

  /// Begins to close if nobody has, and waits for the end of it or until the bound has passed since
  /// it began. Idempotent.
  @Override
  public void close() {
    long until;
    synchronized (this) {
      if (!begun) {
        begun = true;
        giveUpAtNanos = System.nanoTime() + bound.toNanos();
        Thread.ofPlatform().name("flotilla-close").daemon(true).start(this::closeAll);
      }
      until = giveUpAtNanos;
    }
    if (!await(until)) {
      tellOnce();
    }
  }

  /// What closing still waits for; empty if it has ended, or was not begun.
  synchronized String hanging() {
    return underWay == null ? "" : underWay.name;
  }

  private void closeAll() {
    for (Part part = next(); part != null; part = next()) {
      close(part);
    }
    done.countDown();
  }

  private synchronized @Nullable Part next() {
    underWay = parts.poll();
    return underWay;
  }

  private static void close(Part part) {
    try {
      part.closeable.close();
    } catch (StorageException failed) {
      LOG.warn("closing {}: {}", part.name, failed.getMessage());
    } catch (Exception failed) {
      LOG.warn("closing {} failed", part.name, failed);
    }
  }

  private boolean await(long until) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return done.await(until - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void tellOnce() {
    synchronized (this) {
      if (told) {
        return;
      }
      told = true;
    }
    LOG.error(
        "closing did not end within {} ms and still waits for {}{}; what was acknowledged is"
            + " durable, what hangs was not acknowledged and never will be; closing goes on in the"
            + " background, and the store's folder stays locked until it ends",
        bound.toMillis(),
        hanging(),
        busyThreads());
  }

  /// The threads of nodes in this process that do something, and what.
  private static String busyThreads() {
    List<String> busy = new ArrayList<>();
    Thread.getAllStackTraces()
        .forEach((thread, stack) -> {
          boolean isStage = thread.getName().startsWith("flotilla-");
          if (isStage && thread != Thread.currentThread() && stack.length > 0 && !isIdle(stack)) {
            busy.add(thread.getName() + " in " + stack[0]);
          }
        });
    busy.sort(null);
    return busy.isEmpty() ? "" : " (" + String.join(", ", busy) + ")";
  }

  /// Parked, or waiting for the network or for another thread.
  private static boolean isIdle(StackTraceElement[] stack) {
    String method = stack[0].getMethodName();
    return method.equals("park")
        || method.startsWith("epollWait")
        || method.startsWith("wait")
        || method.equals("join");
  }
}
