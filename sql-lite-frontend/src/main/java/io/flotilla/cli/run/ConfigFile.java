package io.flotilla.cli.run;

import io.flotilla.cli.shell.CommandFailure;
import io.flotilla.cli.shell.IoReason;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/// A node's configuration: Java properties, `name=value` a line. The node says which names there
/// are.
final class ConfigFile {
  private ConfigFile() {}

  static Map<String, String> read(Path file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (IOException e) {
      throw new CommandFailure("cannot read the configuration " + file + ": " + IoReason.of(e), e);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure("cannot read the configuration " + file + ": " + e.getMessage(), e);
    }
    Map<String, String> options = new TreeMap<>();
    for (String name : properties.stringPropertyNames()) {
      options.put(name, properties.getProperty(name).strip());
    }
    return options;
  }
}
