package io.flotilla.cli.term;

import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// JSON from maps, lists, texts, numbers, truth values and null: one line, properties in their
/// order.
public final class JsonText {
  private static final JsonFactory FACTORY = new JsonFactory();

  private JsonText() {}

  /// An object under construction, in the order of its properties.
  public static final class Properties {
    private final Map<String, @Nullable Object> properties = new LinkedHashMap<>();

    public Properties with(String name, @Nullable Object value) {
      properties.put(name, value);
      return this;
    }
  }

  public static Properties object() {
    return new Properties();
  }

  public static String of(@Nullable Object value) {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = generator(text)) {
      write(generator, value);
    }
    return text.toString();
  }

  /// A generator for those who write by the thousand.
  public static JsonGenerator generator(StringWriter target) {
    return FACTORY.createGenerator(ObjectWriteContext.empty(), target);
  }

  private static void write(JsonGenerator json, @Nullable Object value) {
    switch (value) {
      case null -> json.writeNull();
      case Properties object -> writeObject(json, object.properties);
      case Map<?, ?> object -> writeObject(json, object);
      case List<?> list -> {
        json.writeStartArray();
        list.forEach(element -> write(json, element));
        json.writeEndArray();
      }
      case Boolean truth -> json.writeBoolean(truth);
      case Double number -> json.writeNumber(number);
      case Number number -> json.writeNumber(number.longValue());
      default -> json.writeString(value.toString());
    }
  }

  private static void writeObject(JsonGenerator json, Map<?, ?> object) {
    json.writeStartObject();
    object.forEach((name, value) -> {
      json.writeName(name.toString());
      write(json, value);
    });
    json.writeEndObject();
  }
}
