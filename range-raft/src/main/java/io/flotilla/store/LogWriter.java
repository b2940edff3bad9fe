package io.flotilla.store;

import io.flotilla.replica.RangeReplica;
import io.flotilla.spi.EventLoop;
import io.flotilla.spi.LogStorage;
import io.flotilla.spi.LogStorage.GroupWrite;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// The stage that makes things durable: one batch and one fsync for all groups of all loops.
///
/// Everything that was queued while the last fsync ran goes into the next batch, in the order in
/// which it was queued. A write that fails ends the store: nothing after it is written, and nobody
/// is ever told that it was.
final class LogWriter {
  private final EventLoop loop;
  private final LogStorage storage;
  private final Consumer<RuntimeException> onFailure;
  private List<Job> pending = new ArrayList<>();
  private boolean scheduled;
  private boolean failed;

  /// What one turn of a store loop wants durable, and who hears of it on that loop.
  record Job(
      StoreLoop origin, List<GroupWrite> writes, List<Persisted> persisted, List<Runnable> then) {}

  /// Ready `number` of the replica.
  record Persisted(RangeReplica replica, long number) {}

  LogWriter(EventLoop loop, LogStorage storage, Consumer<RuntimeException> onFailure) {
    this.loop = loop;
    this.storage = storage;
    this.onFailure = onFailure;
  }

  /// Called from any store loop.
  void submit(Job job) {
    loop.execute(() -> {
      pending.add(job);
      if (!scheduled) {
        scheduled = true;
        loop.execute(this::turn);
      }
    });
  }

  /// Writes a little, to see whether the disk takes it, and then runs `then` on the log's loop.
  /// Called from any store loop.
  void probe(Runnable then) {
    loop.execute(() -> {
      if (failed) {
        return;
      }
      try {
        storage.raiseIncarnation();
      } catch (RuntimeException e) {
        failed = true;
        onFailure.accept(e);
        return;
      }
      then.run();
    });
  }

  private void turn() {
    scheduled = false;
    List<Job> jobs = pending;
    pending = new ArrayList<>();
    if (failed || !write(jobs)) {
      return;
    }
    Map<StoreLoop, List<Job>> byOrigin = new LinkedHashMap<>();
    for (Job job : jobs) {
      byOrigin.computeIfAbsent(job.origin(), _ -> new ArrayList<>()).add(job);
    }
    byOrigin.forEach((origin, its) -> origin.post(() -> its.forEach(origin::onDurable)));
  }

  private boolean write(List<Job> jobs) {
    List<GroupWrite> batch = new ArrayList<>();
    jobs.forEach(job -> batch.addAll(job.writes()));
    if (batch.isEmpty()) {
      return true;
    }
    try {
      storage.write(batch);
      return true;
    } catch (RuntimeException e) {
      failed = true;
      onFailure.accept(e);
      return false;
    }
  }
}
