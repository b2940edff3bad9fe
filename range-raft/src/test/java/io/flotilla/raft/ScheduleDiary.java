package io.flotilla.raft;

import io.flotilla.sim.Diary;
import java.util.Arrays;
import java.util.Objects;

/// What happened in a [Schedule]: its moments are ticks.
final class ScheduleDiary {
  private final Diary diary = new Diary();
  private long now;
  private ScheduleWeights.Step step = ScheduleWeights.Step.TICK;

  /// What is done from now on.
  void begin(long tick, ScheduleWeights.Step next) {
    now = tick;
    step = next;
    diary.trace(next.ordinal());
  }

  /// It is done by this peer, or to it.
  void befalls(TestPeer peer) {
    tell("peer " + peer.id, step);
  }

  void tell(String who, Object what) {
    diary.tell(now, who, what);
  }

  void sent(Envelope envelope) {
    diary.trace(envelope.hashCode());
  }

  void received(TestPeer to, Message message) {
    tell("peer " + to.id, message);
  }

  /// What the peer has come to.
  void state(TestPeer peer) {
    RaftGroup group = peer.group;
    diary.trace(peer.id.value() * 31 + group.role().ordinal());
    diary.trace(group.term() * 31 + group.committed());
    diary.trace(group.lastEntry().hashCode());
    diary.trace(peer.machine.digest());
  }

  /// What the peer is about to make durable.
  void ready(Ready ready) {
    diary.trace(Objects.hashCode(ready.hardState()));
    for (Entry entry : ready.toPersist()) {
      diary.trace(entry.hashCode() * 31L + Arrays.hashCode(entry.payload()));
    }
  }

  long digest() {
    return diary.digest();
  }

  String newest(int lines) {
    return diary.newest(lines);
  }
}
