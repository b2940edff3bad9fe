package io.flotilla.engine.mvcc;

import io.flotilla.keyspace.Timestamp;
import io.flotilla.replica.Refusal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/// An oracle that draws when asked and answers when the test says so.
public final class ManualTimestamps implements TimestampSource {
  private final Deque<Runnable> answers = new ArrayDeque<>();
  private final Deque<Integer> counts = new ArrayDeque<>();
  private final Deque<Consumer<Drawn>> waiting = new ArrayDeque<>();
  public long last;
  public Timestamp safePoint = Timestamp.ZERO;

  public ManualTimestamps(long last) {
    this.last = last;
  }

  @Override
  public void draw(int count, Consumer<Drawn> onDrawn) {
    long first = last + 1;
    last += count;
    counts.add(count);
    waiting.add(onDrawn);
    Timestamp told = safePoint;
    answers.add(() -> onDrawn.accept(new Drawn.Block(first, told)));
  }

  public long drawNow() {
    return ++last;
  }

  public int pending() {
    return answers.size();
  }

  public int nextCount() {
    return counts.getFirst();
  }

  public void answer() {
    counts.remove();
    waiting.remove();
    answers.remove().run();
  }

  public void fail(Refusal refusal) {
    counts.remove();
    answers.remove();
    waiting.remove().accept(new Drawn.Failed(refusal));
  }
}
