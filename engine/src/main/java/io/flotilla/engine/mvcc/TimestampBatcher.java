package io.flotilla.engine.mvcc;

import io.flotilla.engine.mvcc.TimestampSource.Drawn;
import io.flotilla.engine.mvcc.TimestampSource.Drawn.Block;
import io.flotilla.engine.mvcc.TimestampSource.Drawn.Failed;
import io.flotilla.keyspace.Timestamp;
import io.flotilla.replica.Refusal;
import io.flotilla.spi.EventLoop;
import java.util.ArrayList;
import java.util.List;

/// Draws timestamps for everything on one loop that waits for one: one request to the oracle at a
/// time asks for all who were waiting when it left.
///
/// Nobody gets a timestamp that was drawn before he asked, for that would order his write before
/// one that another store has finished already. Timestamps rise in the order of asking. With each
/// comes the fleet's safe point, so this is also where the loop's ranges find it. Confined to the
/// loop.
public final class TimestampBatcher {
  /// A draw takes no more than this of the oracle's counter.
  private static final int DRAW_MAX = 1 << 14;

  private final EventLoop loop;
  private final TimestampSource source;
  private final int waitingMax;
  private List<Waiter> waiting = new ArrayList<>();
  private int asked;
  private boolean underWay;
  private long newest;
  private long safePoint;

  /// Who waits for a timestamp; one of the two is called, once, on the loop.
  interface Waiter {
    void onTimestamp(long timestamp);

    void onNoTimestamp(Refusal refusal);
  }

  /// @param waitingMax so many may wait, in round figures; more are refused
  public TimestampBatcher(EventLoop loop, TimestampSource source, int waitingMax) {
    this.loop = loop;
    this.source = source;
    this.waitingMax = waitingMax;
  }

  /// The newest timestamp drawn here: the oracle has given out no later one that is known.
  Timestamp newest() {
    return new Timestamp(newest);
  }

  /// The newest safe point that is known here: what was superseded at or before it may be
  /// collected. When a draw is answered, this is at or above every safe point that anybody had been
  /// told before that draw was asked for.
  Timestamp safePoint() {
    return new Timestamp(safePoint);
  }

  /// The placement driver told of its safe point.
  void learnSafePoint(Timestamp told) {
    safePoint = Math.max(safePoint, told.value());
  }

  /// How many wait for a timestamp, asked for or not yet.
  int waiting() {
    return waiting.size() + asked;
  }

  int waitingMax() {
    return waitingMax;
  }

  void draw(Waiter waiter) {
    if (waiting() >= waitingMax) {
      waiter.onNoTimestamp(new Refusal.Busy("writes waiting for a timestamp", 5));
      return;
    }
    waiting.add(waiter);
    if (!underWay) {
      underWay = true;
      loop.execute(this::ask);
    }
  }

  private void ask() {
    List<Waiter> batch = takeBatch();
    asked = batch.size();
    source.draw(batch.size(), drawn -> onDrawn(batch, drawn));
  }

  private List<Waiter> takeBatch() {
    List<Waiter> batch = waiting;
    if (batch.size() <= DRAW_MAX) {
      waiting = new ArrayList<>();
      return batch;
    }
    waiting = new ArrayList<>(batch.subList(DRAW_MAX, batch.size()));
    return batch.subList(0, DRAW_MAX);
  }

  private void onDrawn(List<Waiter> batch, Drawn drawn) {
    asked = 0;
    if (drawn instanceof Block(long first, Timestamp told)) {
      newest = Math.max(newest, first + batch.size() - 1);
      learnSafePoint(told);
    }
    // Ask for the next before these are served, so that the oracle works while we do.
    underWay = !waiting.isEmpty();
    if (underWay) {
      ask();
    }
    for (int i = 0; i < batch.size(); i++) {
      switch (drawn) {
        case Block(long first, _) -> batch.get(i).onTimestamp(first + i);
        case Failed(var refusal) -> batch.get(i).onNoTimestamp(refusal);
      }
    }
  }
}
