package io.flotilla.raft;

import static io.flotilla.raft.OneGroup.P2;
import static io.flotilla.raft.OneGroup.P3;
import static io.flotilla.raft.OneGroup.entry;
import static io.flotilla.raft.OneGroup.id;
import static io.flotilla.raft.OneGroup.to;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.raft.Message.Append;
import io.flotilla.raft.Message.AppendReply;
import io.flotilla.raft.Message.AppendResult.Accepted;
import io.flotilla.raft.Message.AppendResult.Rejected;
import io.flotilla.raft.Message.Beat;
import io.flotilla.raft.Message.BeatReply;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Paper, section 5.1: terms as a logical clock.
final class Paper51TermsTest {
  @Test
  void aLaterTermMakesALeaderFollow() {
    OneGroup one = OneGroup.of(1, 1).lead();
    one.group.receive(new Beat(P2, 5, 0, 1));
    assertEquals(RoleKind.FOLLOWER, one.group.role());
    assertEquals(P2, one.group.leader());
    assertEquals(new HardState(5, null, 0), one.ready().hardState());
  }

  @Test
  void aLeaderOfAnOldTermLearnsOfTheNewOne() {
    OneGroup one = OneGroup.of(4, 1);
    one.group.receive(new Beat(P2, 3, 0, 9));
    assertEquals(List.of(to(P2, new BeatReply(OneGroup.P1, 4, 0))), one.readyPersisted().sendNow());
    one.group.receive(new Append(P2, 3, id(1, 1), List.of(entry(3, 2)), 0));
    Ready ready = one.ready();
    assertEquals(
        List.of(to(P2, new AppendReply(OneGroup.P1, 4, new Rejected(1, EntryId.ZERO)))),
        ready.sendOncePersisted());
    assertTrue(ready.toPersist().isEmpty());
  }

  @Test
  void anAnswerOfAnOldTermChangesNothing() {
    OneGroup one = OneGroup.of(1, 1).lead();
    one.group.receive(new AppendReply(P2, 1, new Accepted(2)));
    assertEquals(0, one.group.committed());
    assertFalse(one.group.hasReady());
  }

  @Test
  void aStrangersAnswerOfALaterTermUnseatsNobody() {
    OneGroup one = OneGroup.of(1, 1).lead();
    one.group.receive(new BeatReply(new io.flotilla.keyspace.PeerId(9), 8, 1));
    assertEquals(RoleKind.LEADER, one.group.role());
    one.group.receive(new BeatReply(P3, 8, 1));
    assertEquals(RoleKind.FOLLOWER, one.group.role());
  }
}
