package io.flotilla.store;

import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.Entry;
import io.flotilla.replica.RangeReplica;
import io.flotilla.spi.LogStorage.GroupWrite;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import java.util.ArrayList;
import java.util.List;

/// What one loop has for the stages: noted while its replicas are stepped, given out at the end of
/// the turn as one job to the log writer, one to the applier, and one batch of messages for each
/// peer store. Whatever is noted brings a turn about.
final class HandOut {
  private final StoreCore core;
  private final StoreLoop loop;
  private final Outbox outbox;
  private List<GroupWrite> writes = new ArrayList<>();
  private List<LogWriter.Persisted> persisted = new ArrayList<>();
  private List<Runnable> onceDurable = new ArrayList<>();
  private List<Applier.Job.Apply> toApply = new ArrayList<>();
  private List<Runnable> afterwards = new ArrayList<>();
  private long applyBacklogBytes;
  private int logJobs;
  private long logSince;

  HandOut(StoreCore core, StoreLoop loop) {
    this.core = core;
    this.loop = loop;
    this.outbox = new Outbox(core.env().network());
  }

  // Noting --------------------------------------------------------------------------------------

  /// Makes `write` durable some time.
  void write(GroupWrite write) {
    writes.add(write);
    loop.scheduleTurn();
  }

  /// Makes `write` durable and then runs `then` on the loop.
  void write(GroupWrite write, Runnable then) {
    onceDurable.add(then);
    write(write);
  }

  /// Makes `write` durable, which ends Ready `number` of the replica.
  void persist(RangeReplica replica, long number, GroupWrite write) {
    persisted.add(new LogWriter.Persisted(replica, number));
    write(write);
  }

  void apply(RangeReplica replica, List<Entry> entries) {
    long bytes = 0;
    for (Entry entry : entries) {
      bytes += entry.bytes();
    }
    applyBacklogBytes += bytes;
    toApply.add(new Applier.Job.Apply(loop, replica, entries, bytes));
    loop.scheduleTurn();
  }

  /// The applier is done with so much.
  void onApplied(long bytes) {
    applyBacklogBytes -= bytes;
  }

  boolean isApplyBacklogFull() {
    return applyBacklogBytes > core.env().options().applyBacklogBytesMax();
  }

  void send(StoreId to, RangeMessage message) {
    outbox.add(to, message);
    loop.scheduleTurn();
  }

  /// Runs `task` behind everything that this turn gives out.
  void afterwards(Runnable task) {
    afterwards.add(task);
    loop.scheduleTurn();
  }

  /// A job came back from the log writer.
  void onLogDone() {
    logJobs--;
    logSince = core.env().clock().nanos();
  }

  /// True if the log writer has had work for so long and brought none of it to an end.
  boolean isLogStalled(long nanos) {
    return logJobs > 0 && nanos - logSince > core.env().options().liveness().stallNanos();
  }

  // Giving out ----------------------------------------------------------------------------------

  void giveOut() {
    if (!writes.isEmpty() || !onceDurable.isEmpty()) {
      if (logJobs++ == 0) {
        logSince = core.env().clock().nanos();
      }
      core.logWriter().submit(new LogWriter.Job(loop, writes, persisted, onceDurable));
      writes = new ArrayList<>();
      persisted = new ArrayList<>();
      onceDurable = new ArrayList<>();
    }
    if (!toApply.isEmpty()) {
      core.applier().submit(toApply);
      toApply = new ArrayList<>();
    }
    outbox.flush(this::leaving);
    if (!afterwards.isEmpty()) {
      List<Runnable> now = afterwards;
      afterwards = new ArrayList<>();
      now.forEach(Runnable::run);
    }
  }

  /// What leaves for another store wakes it; the store's own beat saves it a second time.
  private void leaving(StoreId to) {
    if (loop == core.loops().getFirst() && loop.isRunning()) {
      core.liveness().ride(to);
    }
  }
}
