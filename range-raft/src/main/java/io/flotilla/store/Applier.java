package io.flotilla.store;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.RangeMap;
import io.flotilla.raft.Entry;
import io.flotilla.raft.EntryId;
import io.flotilla.replica.AppliedBatch;
import io.flotilla.replica.RangeReplica;
import io.flotilla.spi.EventLoop;
import io.flotilla.spi.StateStorage;
import io.flotilla.spi.StateStorage.RangeUpdate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// The stage that applies committed entries: one write batch over many groups, without a log of its
/// own.
///
/// It keeps the descriptor of every range as of the last entry it applied, which decides which
/// commands are void; only this stage moves it, but for a snapshot that takes a range's place.
final class Applier {
  private final EventLoop loop;
  private final StateStorage state;
  private final long batchBytesMax;
  private final Consumer<RuntimeException> onFailure;
  private final RangeMap<RangeDescriptor> descriptors = new RangeMap<>();
  private List<Job> pending = new ArrayList<>();
  private boolean scheduled;
  private boolean failed;

  /// What the stage is asked for, in order.
  sealed interface Job {
    record Apply(StoreLoop origin, RangeReplica replica, List<Entry> entries, long bytes)
        implements Job {}

    /// To be run when everything before is applied.
    record Then(Runnable task) implements Job {}
  }

  /// What became of an [Job.Apply].
  record Applied(RangeReplica replica, AppliedBatch batch, long bytes) {}

  Applier(
      EventLoop loop,
      StateStorage state,
      long batchBytesMax,
      Consumer<RuntimeException> onFailure) {
    this.loop = loop;
    this.state = state;
    this.batchBytesMax = batchBytesMax;
    this.onFailure = onFailure;
  }

  /// Called from any store loop.
  void submit(List<? extends Job> jobs) {
    loop.execute(() -> {
      pending.addAll(jobs);
      if (!scheduled) {
        scheduled = true;
        loop.execute(this::turn);
      }
    });
  }

  /// The range is here with this descriptor (start, snapshot).
  void know(RangeDescriptor descriptor) {
    submit(List.of(new Job.Then(() -> descriptors.put(descriptor.id(), descriptor))));
  }

  /// Removes the range's descriptor and applied entry; its data is gone already.
  void remove(RangeDescriptor descriptor, EntryId applied, Runnable then) {
    submit(
        List.of(
            new Job.Then(() -> {
              RangeId range = descriptor.id();
              descriptors.remove(range);
              write(List.of(new RangeUpdate(range, applied, null, List.of(), true)));
              then.run();
            })));
  }

  private void turn() {
    scheduled = false;
    List<Job> jobs = pending;
    pending = new ArrayList<>();
    Batch batch = new Batch();
    for (Job job : jobs) {
      if (failed) {
        return;
      }
      switch (job) {
        case Job.Apply apply -> {
          batch.add(apply);
          if (batch.bytes >= batchBytesMax) {
            batch.finish();
            batch = new Batch();
          }
        }
        case Job.Then(Runnable task) -> {
          batch.finish();
          batch = new Batch();
          task.run();
        }
      }
    }
    batch.finish();
  }

  private boolean write(List<RangeUpdate> updates) {
    if (failed) {
      return false;
    }
    try {
      state.apply(updates);
      return true;
    } catch (RuntimeException e) {
      failed = true;
      onFailure.accept(e);
      return false;
    }
  }

  /// One write to the state.
  private final class Batch {
    private final List<RangeUpdate> updates = new ArrayList<>();
    private final Map<StoreLoop, List<Applied>> done = new LinkedHashMap<>();
    private long bytes;

    void add(Job.Apply job) {
      RangeDescriptor descriptor = descriptors.get(job.replica().id());
      if (descriptor == null) {
        job.origin().post(() -> job.origin().handOut().onApplied(job.bytes()));
        return; // removed or poisoned meanwhile
      }
      try {
        Evaluation evaluation = new Evaluation(descriptor, descriptors::contains);
        job.entries().forEach(evaluation::add);
        updates.addAll(evaluation.updates());
        evaluation.descriptors().forEach(each -> descriptors.put(each.id(), each));
        done.computeIfAbsent(job.origin(), _ -> new ArrayList<>())
            .add(new Applied(job.replica(), evaluation.result(), job.bytes()));
        bytes += job.bytes();
      } catch (RuntimeException e) {
        descriptors.remove(job.replica().id());
        job.origin().post(() -> job.origin().onNotApplied(job, e));
      }
    }

    void finish() {
      if (!updates.isEmpty() && write(updates)) {
        done.forEach((origin, its) -> origin.post(() -> its.forEach(origin::onApplied)));
      }
    }
  }
}
