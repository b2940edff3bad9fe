package io.flotilla.bench;

import io.flotilla.engine.mvcc.KvCall;
import io.flotilla.engine.mvcc.KvEnvironment;
import io.flotilla.engine.mvcc.KvMachines;
import io.flotilla.engine.mvcc.KvOptions;
import io.flotilla.engine.mvcc.KvReply;
import io.flotilla.engine.mvcc.KvRequest;
import io.flotilla.engine.mvcc.ReadPool;
import io.flotilla.engine.mvcc.TimestampBatcher;
import io.flotilla.engine.mvcc.TimestampSource.Drawn;
import io.flotilla.engine.mvcc.WriteRoom;
import io.flotilla.keyspace.Timestamp;
import io.flotilla.replica.RangeMachine;
import io.flotilla.spi.StateStorage;
import java.util.List;
import java.util.function.Consumer;

/// One range of the ordered map as its leaseholder's loop runs it, with consensus, disk of the log
/// and network left out: the real machine over a real state, an oracle that answers at once.
final class LocalMachine {
  private final TurnLoop loop = new TurnLoop();
  private final LocalRange range;
  private final RangeMachine machine;
  private long timestamp = Timestamp.atMillis(1_800_000_000_000L).value();
  private int answered;

  LocalMachine(StateStorage state) {
    range = new LocalRange(loop, state);
    ReadPool pool = new ReadPool(loop, List.of(loop), 1024);
    TimestampBatcher timestamps = new TimestampBatcher(loop, this::draw, 1 << 14);
    KvEnvironment environment =
        new KvEnvironment(loop, state, pool, timestamps, WriteRoom.ENDLESS, KvOptions.DEFAULT);
    machine = new KvMachines(environment).create(range.descriptor().id(), range);
    machine.onLeadership(1);
    loop.runAll();
  }

  private void draw(int count, Consumer<Drawn> onDrawn) {
    long first = timestamp + 1;
    timestamp += count;
    loop.execute(() -> onDrawn.accept(new Drawn.Block(first, Timestamp.ZERO)));
  }

  KvRequest.Target target() {
    return new KvRequest.Target(range.descriptor().id(), range.descriptor().generation());
  }

  /// Serves a read to its reply.
  void read(KvRequest request, Consumer<KvReply> onReply) {
    machine.serve(new KvCall(request, onReply));
    loop.runAll();
  }

  /// Takes in a write; [#finish] ends it.
  void write(KvRequest request) {
    machine.serve(new KvCall(request, this::onWritten));
  }

  private void onWritten(KvReply reply) {
    if (!(reply instanceof KvReply.Done)) {
      throw new IllegalStateException("a write ended in " + reply);
    }
    answered++;
  }

  /// Draws, evaluates, applies and answers all writes; returns how many there were so far.
  int finish() {
    loop.runAll();
    range.applyAll();
    loop.runAll();
    return answered;
  }
}
