package io.flotilla.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.codec.Command.WriteCommand;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeId;
import io.flotilla.raft.Message.Beat;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import io.flotilla.spi.PeerNetwork.SnapshotMessage;
import io.flotilla.spi.PeerNetwork.SnapshotMessage.Piece;
import io.flotilla.spi.RandomSource;
import io.flotilla.spi.StateStorage.StateWrite;
import io.flotilla.spi.StoreBeat;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is encoded comes back the same.
class CodecRoundTripTest {
  private static final int CASES = 2_000;

  private final RandomValues values = new RandomValues(new RandomSource(42));

  @Test
  void beatsOfStoresComeBack() {
    for (int i = 0; i < CASES; i++) {
      StoreBeat beat = values.storeBeat();
      ByteBuffer bytes = ByteBuffer.allocate(StoreBeatCodec.BYTES_MAX);
      StoreBeatCodec.encode(beat, bytes);
      assertEquals(beat, StoreBeatCodec.decode(bytes.flip()));
    }
  }

  @Test
  void commandsComeBack() {
    for (int i = 0; i < CASES; i++) {
      Command command = values.command();
      byte[] bytes = CommandCodec.encode(command);
      Command decoded = CommandCodec.decode(bytes);
      if (command instanceof WriteCommand write) {
        assertSameWrites(write.writes(), ((WriteCommand) decoded).writes());
        assertEquals(bytes.length, CommandCodec.encodedSize(write.writes()));
      } else {
        assertEquals(command, decoded);
      }
    }
  }

  private static void assertSameWrites(List<StateWrite> expected, List<StateWrite> actual) {
    assertEquals(expected.size(), actual.size());
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i).key(), actual.get(i).key());
      assertArrayEquals(expected.get(i).value(), actual.get(i).value());
    }
  }

  @Test
  void descriptorsManifestsAndNotesComeBack() {
    for (int i = 0; i < CASES; i++) {
      var descriptor = values.descriptor();
      assertEquals(descriptor, DescriptorCodec.decode(DescriptorCodec.encode(descriptor)));
      var manifest = values.manifest();
      assertEquals(manifest, ManifestCodec.decode(ManifestCodec.encode(manifest)));
      var note = values.installNote();
      assertEquals(note, ManifestCodec.decodeNote(ManifestCodec.encodeNote(note)));
    }
  }

  @Test
  void snapshotMessagesComeBack() {
    for (int i = 0; i < CASES; i++) {
      SnapshotMessage message = values.snapshotMessage();
      SnapshotMessage decoded = SnapshotMessageCodec.decode(SnapshotMessageCodec.encode(message));
      if (message instanceof Piece(var id, int chunk, byte[] data)) {
        Piece piece = (Piece) decoded;
        assertEquals(id, piece.id());
        assertEquals(chunk, piece.chunk());
        assertArrayEquals(data, piece.data());
      } else {
        assertEquals(message, decoded);
      }
    }
  }

  @Test
  void rangeMessagesComeBackInOrder() {
    for (int i = 0; i < CASES; i++) {
      List<RangeMessage> messages = values.rangeMessages();
      assertEquals(messages, RangeMessageCodec.decode(RangeMessageCodec.encode(messages)));
    }
  }

  @Test
  void rangeMessagesGoThroughDirectBuffersAndStayWithinTheirBound() {
    for (int i = 0; i < CASES; i++) {
      List<RangeMessage> messages = values.rangeMessages();
      int bound = RangeMessageCodec.sizeMax(messages);
      ByteBuffer buffer = ByteBuffer.allocateDirect(bound);
      RangeMessageCodec.encode(messages, buffer);
      assertEquals(messages, RangeMessageCodec.decode(buffer.flip()));
    }
  }

  @Test
  void beatsOfNeighbouringGroupsTakeAboutOneByteForEachColumn() {
    List<RangeMessage> beats = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      Beat beat = new Beat(new PeerId(3L * i + 5), 7, 123_456 + i % 50, 987_654);
      beats.add(new RangeMessage(new RangeId(2 + i), new PeerId(3L * i + 6), null, beat));
    }
    byte[] bytes = RangeMessageCodec.encode(beats);
    assertTrue(bytes.length < 6_200, () -> bytes.length + " bytes for 1000 beats");
    assertEquals(beats, RangeMessageCodec.decode(bytes));
  }

  @Test
  void aWriteCostsItsBytesAndALittle() {
    List<StateWrite> writes = List.of(new StateWrite(new byte[30], new byte[256]));
    assertEquals(3 + 1 + 30 + 2 + 256, CommandCodec.encode(new WriteCommand(writes)).length);
  }
}
