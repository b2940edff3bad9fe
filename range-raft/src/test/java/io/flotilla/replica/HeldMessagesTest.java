package io.flotilla.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.PeerId;
import io.flotilla.raft.Envelope;
import io.flotilla.raft.Message;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class HeldMessagesTest {
  private final HeldMessages held = new HeldMessages();
  private final List<Long> sent = new ArrayList<>();

  @Test
  void messagesWaitForTheirReadyAndAllBeforeIt() {
    held.onPersisting(1);
    held.hold(message(10));
    held.onPersisting(2);
    held.hold(message(20));
    assertFalse(held.isIdle());
    durable(1);
    assertEquals(List.of(10L), sent);
    durable(2);
    assertEquals(List.of(10L, 20L), sent);
    assertTrue(held.isIdle());
  }

  @Test
  void aReadyThatPersistsNothingWaitsForTheOneBefore() {
    held.onPersisting(3);
    held.hold(message(30));
    held.hold(message(40));
    durable(3);
    assertEquals(List.of(30L, 40L), sent);
  }

  @Test
  void readysPersistInOrder() {
    held.onPersisting(3);
    assertThrows(IllegalStateException.class, () -> held.onPersisting(3));
  }

  private void durable(long number) {
    held.onDurable(number, all -> all.forEach(each -> sent.add(each.message().term())));
  }

  private static List<Envelope> message(long term) {
    return List.of(new Envelope(new PeerId(1), new Message.CampaignNow(new PeerId(2), term)));
  }
}
