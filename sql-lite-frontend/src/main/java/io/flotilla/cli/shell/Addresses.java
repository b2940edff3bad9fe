package io.flotilla.cli.shell;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// One or more `host:port`, separated by commas; IPv6 as `[::1]:4100`.
public record Addresses(List<String> list) {
  public Addresses {
    list = List.copyOf(list);
  }

  /// Reads what a person typed.
  ///
  /// @throws IllegalArgumentException saying which part is not an address
  public static Addresses parse(String text) {
    List<String> addresses = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      addresses.add(requireAddress(part.strip()));
    }
    return new Addresses(addresses);
  }

  private static String requireAddress(String address) {
    int colon = address.lastIndexOf(':');
    boolean hasHost = colon > 0 && (address.startsWith("[") || address.indexOf(':') == colon);
    if (!hasHost || !isPort(address.substring(colon + 1))) {
      throw new IllegalArgumentException(
          "'" + address + "' is not an address: write HOST:PORT, such as 127.0.0.1:4100");
    }
    return address;
  }

  private static boolean isPort(String text) {
    return text.matches("[0-9]{1,5}") && Integer.parseInt(text) <= 65_535;
  }

  @Override
  public String toString() {
    return String.join(",", list);
  }

  /// For picocli.
  public static final class Converter implements ITypeConverter<Addresses> {
    @Override
    public Addresses convert(String value) {
      try {
        return parse(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
