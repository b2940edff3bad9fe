package io.flotilla.placement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.codec.CodecException;
import io.flotilla.spi.RandomSource;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class PlacementCodecTest {
  private final RandomSource random = new RandomSource(17);
  private final RandomPlacement values = new RandomPlacement(random.fork("values"));

  @Test
  void requestsComeBackAsTheyWere() {
    for (int i = 0; i < 2_000; i++) {
      PlacementRequest request = values.request(i % RandomPlacement.REQUESTS);
      byte[] bytes = PlacementCodec.encode(request);
      assertEquals(request, PlacementCodec.decodeRequest(ByteBuffer.wrap(bytes)));
    }
  }

  @Test
  void repliesComeBackAsTheyWere() {
    for (int i = 0; i < 2_000; i++) {
      PlacementReply reply = values.reply(i % RandomPlacement.REPLIES);
      byte[] bytes = PlacementCodec.encode(reply);
      assertEquals(reply, PlacementCodec.decodeReply(ByteBuffer.wrap(bytes)));
    }
  }

  @Test
  void everyCutOffIsSaid() {
    for (int i = 0; i < 100; i++) {
      byte[] request = PlacementCodec.encode(values.request(i % RandomPlacement.REQUESTS));
      byte[] reply = PlacementCodec.encode(values.reply(i % RandomPlacement.REPLIES));
      for (int length = 0; length < request.length; length++) {
        ByteBuffer part = ByteBuffer.wrap(request, 0, length);
        assertThrows(CodecException.class, () -> PlacementCodec.decodeRequest(part));
      }
      for (int length = 0; length < reply.length; length++) {
        ByteBuffer part = ByteBuffer.wrap(reply, 0, length);
        assertThrows(CodecException.class, () -> PlacementCodec.decodeReply(part));
      }
    }
  }

  @Test
  void damagedAndRandomBytesGiveAValueOrSayWhatIsWrong() {
    for (int i = 0; i < 5_000; i++) {
      byte[] request = PlacementCodec.encode(values.request(i % RandomPlacement.REQUESTS));
      byte[] reply = PlacementCodec.encode(values.reply(i % RandomPlacement.REPLIES));
      damage(request);
      damage(reply);
      survive(PlacementCodec::decodeRequest, request);
      survive(PlacementCodec::decodeReply, reply);
      byte[] noise = new byte[random.nextInt(64)];
      random.nextBytes(noise);
      if (noise.length > 0) {
        noise[0] = 1;
      }
      survive(PlacementCodec::decodeRequest, noise);
      survive(PlacementCodec::decodeReply, noise);
    }
  }

  @Test
  void moreThanWasSentIsRefused() {
    byte[] bytes = PlacementCodec.encode(new PlacementRequest.ListStores());
    byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
    CodecException refused =
        assertThrows(
            CodecException.class, () -> PlacementCodec.decodeRequest(ByteBuffer.wrap(longer)));
    assertTrue(String.valueOf(refused.getMessage()).contains("too many"));
  }

  @Test
  void anotherFormatIsNamed() {
    CodecException refused =
        assertThrows(
            CodecException.class,
            () -> PlacementCodec.decodeReply(ByteBuffer.wrap(new byte[] {9, 1})));
    assertTrue(String.valueOf(refused.getMessage()).contains("format 9"));
  }

  private void damage(byte[] bytes) {
    int flips = 1 + random.nextInt(3);
    for (int i = 0; i < flips; i++) {
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    }
  }

  private static void survive(Consumer<ByteBuffer> decoder, byte[] bytes) {
    try {
      decoder.accept(ByteBuffer.wrap(bytes));
    } catch (CodecException said) {
      assertTrue(said.getMessage() != null);
    }
  }
}
