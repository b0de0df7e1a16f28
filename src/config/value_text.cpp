// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "config/value_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <span>
#include <type_traits>

#include "base/ascii.h"
#include "config/text.h"

namespace p3scan::config {
namespace {

constexpr std::size_t kMaxItems = 10000;  // of a list

template <class Enum>
struct Word {
  std::string_view text;
  Enum value;
};

constexpr Word<bool> kSwitches[] = {{"yes", true},  {"no", false},  {"on", true},
                                    {"off", false}, {"true", true}, {"false", false}};
constexpr Word<TlsBad> kTlsBad[] = {{"mirror", TlsBad::mirror}, {"refuse", TlsBad::refuse}, {"accept", TlsBad::accept}};
constexpr Word<TlsMode> kTlsModes[] = {{"legacy", TlsMode::legacy},
                                       {"intercept", TlsMode::intercept},
                                       {"pass", TlsMode::pass},
                                       {"refuse", TlsMode::refuse}};
constexpr Word<TlsClientCert> kTlsClientCert[] = {{"pass", TlsClientCert::pass}, {"refuse", TlsClientCert::refuse}};
constexpr Word<Barelf> kBarelf[] = {
    {"normalize", Barelf::normalize}, {"reject", Barelf::reject}, {"pass", Barelf::pass}};
constexpr Word<OnFailure> kOnFailure[] = {{"tempfail", OnFailure::tempfail}, {"deliver", OnFailure::deliver}};
constexpr Word<OnUnscannable> kOnUnscannable[] = {{"deliver-marked", OnUnscannable::deliver_marked},
                                                  {"notify", OnUnscannable::notify},
                                                  {"tempfail", OnUnscannable::tempfail},
                                                  {"reject", OnUnscannable::reject}};
constexpr Word<Attachments> kAttachments[] = {{"off", Attachments::off},
                                              {"rename", Attachments::rename},
                                              {"delete", Attachments::remove},
                                              {"quarantine-part", Attachments::quarantine_part}};
constexpr Word<OnSigned> kOnSigned[] = {
    {"pass", OnSigned::pass}, {"notify", OnSigned::notify}, {"edit", OnSigned::edit}};
constexpr Word<SpamType> kSpamTypes[] = {{"command", SpamType::command},
                                         {"spamd", SpamType::spamd},
                                         {"rspamd", SpamType::rspamd},
                                         {"dspam", SpamType::dspam}};
constexpr Word<HtmlClean> kHtmlClean[] = {{"off", HtmlClean::off},
                                          {"webbugs", HtmlClean::webbugs},
                                          {"strict", HtmlClean::strict},
                                          {"p3pmail", HtmlClean::p3pmail}};

constexpr std::span<const Word<Barelf>> words_of(Barelf /*type*/) { return kBarelf; }
constexpr std::span<const Word<TlsBad>> words_of(TlsBad /*type*/) { return kTlsBad; }
constexpr std::span<const Word<TlsClientCert>> words_of(TlsClientCert /*type*/) { return kTlsClientCert; }
constexpr std::span<const Word<Attachments>> words_of(Attachments /*type*/) { return kAttachments; }
constexpr std::span<const Word<OnSigned>> words_of(OnSigned /*type*/) { return kOnSigned; }
constexpr std::span<const Word<SpamType>> words_of(SpamType /*type*/) { return kSpamTypes; }
constexpr std::span<const Word<HtmlClean>> words_of(HtmlClean /*type*/) { return kHtmlClean; }
constexpr std::span<const Word<OnFailure>> words_of(OnFailure /*type*/) { return kOnFailure; }
constexpr std::span<const Word<OnUnscannable>> words_of(OnUnscannable /*type*/) { return kOnUnscannable; }

template <class Enum>
const Word<Enum>* find_word(std::span<const Word<Enum>> words, std::string_view text) {
  for (const auto& word : words)
    if (ascii::equal_nocase(word.text, text)) return &word;
  return nullptr;
}

template <class Enum>
std::string_view text_of(std::span<const Word<Enum>> words, Enum value) {
  return std::ranges::find(words, value, &Word<Enum>::value)->text;
}

template <class Enum>
std::string list_of(std::span<const Word<Enum>> words) {
  std::vector<std::string_view> texts;
  for (const auto& word : words) texts.push_back(word.text);
  return fmt::format("{}", fmt::join(texts, ", "));
}

// notify exists for incoming mail only, reject for outgoing mail only. As one word for both
// directions each stands for its counterpart: both treat the mail as if it were infected.
Checked settle(std::string_view text, PerDirection<OnUnscannable>& policy, bool one_word) {
  if (one_word && policy.incoming == OnUnscannable::reject) policy.incoming = OnUnscannable::notify;
  if (one_word && policy.outgoing == OnUnscannable::notify) policy.outgoing = OnUnscannable::reject;
  if (policy.incoming == OnUnscannable::reject)
    return fail(in_quotes(text) + " refuses incoming mail, which no server would take back: write in:notify");
  if (policy.outgoing == OnUnscannable::notify)
    return fail(in_quotes(text) + " would send a notification in place of somebody's mail: write out:reject");
  return {};
}
Checked settle(std::string_view /*text*/, PerDirection<OnFailure>& /*policy*/, bool /*one_word*/) { return {}; }

template <class Enum>
Checked read_policy_item(std::string_view item, PerDirection<Enum>& policy, bool alone) {
  const bool incoming = ascii::starts_with_nocase(item, "in:");
  const bool outgoing = ascii::starts_with_nocase(item, "out:");
  const auto text = incoming || outgoing ? item.substr(item.find(':') + 1) : item;
  const auto words = words_of(Enum{});
  const auto* word = find_word(words, text);
  if (word == nullptr || (!incoming && !outgoing && !alone))
    return fail(
        fmt::format("{} is not a policy: give one of {}, or in:WORD out:WORD", in_quotes(item), list_of(words)));
  if (!outgoing) policy.incoming = word->value;
  if (!incoming) policy.outgoing = word->value;
  return {};
}

/// Reads one text into the member that it is called with.
struct Reader {
  const Option& option;
  std::string_view text;
  bool append;
  Config& config;

  Checked wrong() const { return fail(fmt::format("{} is not {}", in_quotes(text), expected(option))); }

  Checked operator()(Command /*row*/) const { return {}; }
  Checked operator()(ConfigfileOption /*row*/) const { return {}; }
  Checked operator()(ScannertypeLine /*row*/) const { return {}; }
  Checked operator()(ScannerLine /*row*/) const { return {}; }

  Checked operator()(RegexpOption /*row*/) const {
    auto pattern = text;
    int part = 1;
    if (text.size() > 2 && text[text.size() - 2] == '/' && ascii::is_digit(text.back())) {
      pattern.remove_suffix(2);
      part = text.back() - '0';
    }
    if (pattern.size() < option.min || pattern.size() > option.max) return wrong();
    config.virusregexp = pattern;
    config.virusregexp_part = part;
    return {};
  }

  Checked operator()(CheckspamOption /*row*/) const {
    const auto* word = find_word<bool>(kSwitches, text);
    const bool number = std::ranges::all_of(text, ascii::is_digit);
    if (word == nullptr && (number || text.size() > option.max)) return wrong();
    config.checkspam = word == nullptr || word->value;
    if (word != nullptr) return {};
    config.spamcheck = text;
    return {};
  }

  Checked operator()(Member<bool> member) const {
    const auto* word = find_word<bool>(kSwitches, text);
    if (word == nullptr) return wrong();
    config.*member = word->value;
    return {};
  }

  template <std::integral Int>
  Checked operator()(Member<Int> member) const {
    const auto number = ascii::number<Int>(text);
    if (!number || *number < option.min || *number > option.max) return wrong();
    config.*member = *number;
    return {};
  }

  Checked operator()(Member<std::uint16_t> member) const {
    const auto port = port_number(text);
    if (!port) return wrong();
    config.*member = *port;
    return {};
  }

  Checked operator()(Member<seconds> member) const {
    const auto number = ascii::number<std::uint32_t>(text);
    if (!number || *number < option.min || *number > option.max) return wrong();
    config.*member = seconds{*number};
    return {};
  }

  Checked operator()(Member<std::string> member) const {
    if (text.size() > option.max)
      return fail(fmt::format("{} is longer than {} octets: shorten it", in_quotes(text), option.max));
    if (option.check != nullptr)
      if (const auto checked = option.check(text); !checked) return fail(in_quotes(text) + " " + checked.error());
    config.*member = text;
    return {};
  }

  Checked operator()(Member<std::vector<std::string>> member) const {
    return read_list(member, [this](std::string_view item) -> Result<std::string, std::string> {
      if (const auto checked = option.check(item); !checked) return fail(in_quotes(item) + " " + checked.error());
      return std::string(item);
    });
  }

  Checked operator()(Member<std::vector<std::uint16_t>> member) const {
    return read_list(member, [](std::string_view item) -> Result<std::uint16_t, std::string> {
      if (const auto port = port_number(item)) return *port;
      return fail(in_quotes(item) + " isn't a valid port: give a number from 1 to 65535 or the name of a mail service");
    });
  }

  Checked operator()(Member<std::vector<TlsPort>> member) const {
    const auto read = read_list(member, [](std::string_view item) -> Result<TlsPort, std::string> {
      const auto colon = std::min(item.find(':'), item.size());
      const auto port = port_number(item.substr(0, colon));
      const auto* mode = find_word<TlsMode>(kTlsModes, item.substr(std::min(colon + 1, item.size())));
      if (port && mode != nullptr) return TlsPort{*port, mode->value};
      return fail(fmt::format("{} is not PORT:MODE: MODE is one of {}", in_quotes(item), list_of<TlsMode>(kTlsModes)));
    });
    if (!read) return read;
    auto ports = config.*member;
    std::ranges::sort(ports);
    const auto twice = std::ranges::adjacent_find(ports, {}, &TlsPort::port);
    if (twice != ports.end()) return fail(fmt::format("port {} has two modes: write one of them", twice->port));
    return {};
  }

  Checked operator()(Member<std::vector<int>> member) const {
    return read_list(member, [this](std::string_view item) -> Result<int, std::string> {
      const auto number = ascii::number<std::uint32_t>(item);
      if (number && *number >= option.min && *number <= option.max) return static_cast<int>(*number);
      return fail(fmt::format("{} is not a number from {} to {}", in_quotes(item), option.min, option.max));
    });
  }

  template <class Enum>
    requires std::is_enum_v<Enum>
  Checked operator()(Member<Enum> member) const {
    const auto* word = find_word<Enum>(words_of(Enum{}), text);
    if (word == nullptr) return wrong();
    config.*member = word->value;
    return {};
  }

  template <class Enum>
  Checked operator()(Member<PerDirection<Enum>> member) const {
    const auto items = list_items(text);
    auto policy = Config{}.*member;
    for (const auto item : items)
      if (auto read = read_policy_item(item, policy, items.size() == 1); !read) return read;
    const bool one_word = items.size() == 1 && items.front().find(':') == std::string_view::npos;
    if (items.empty()) return wrong();
    if (auto settled = settle(text, policy, one_word); !settled) return settled;
    config.*member = policy;
    return {};
  }

  template <class T, class ReadItem>
  Checked read_list(Member<std::vector<T>> member, ReadItem read_item) const {
    auto list = append ? config.*member : std::vector<T>{};
    const auto items = list_items(text);
    if (items.empty()) return wrong();
    if (list.size() + items.size() > kMaxItems)
      return fail(fmt::format("{} makes more than {} items: remove some", in_quotes(text), kMaxItems));
    std::set<T> seen(list.begin(), list.end());
    for (const auto item : items) {
      auto value = read_item(item);
      if (!value) return fail(value.error());
      if (seen.insert(*value).second) list.push_back(std::move(*value));
    }
    config.*member = std::move(list);
    return {};
  }
};

/// The reverse of Reader.
struct Writer {
  const Config& config;

  std::string operator()(Command /*row*/) const { return {}; }
  std::string operator()(ConfigfileOption /*row*/) const { return config.configfile; }

  std::string operator()(ScannertypeLine /*row*/) const {
    std::vector<std::string_view> names;
    names.reserve(config.scanners.size());
    for (const auto& scanner : config.scanners) names.push_back(name_of(scanner.type));
    return names.empty() ? "libclamav" : fmt::format("{}", fmt::join(names, ", "));
  }
  std::string operator()(ScannerLine /*row*/) const {
    std::vector<std::string> targets;
    for (const auto& scanner : config.scanners)
      targets.insert(targets.end(), scanner.targets.begin(), scanner.targets.end());
    return fmt::format("{}", fmt::join(targets, ", "));
  }
  std::string operator()(RegexpOption /*row*/) const {
    if (config.virusregexp.empty()) return {};
    return fmt::format("{}/{}", config.virusregexp, config.virusregexp_part);
  }
  std::string operator()(CheckspamOption /*row*/) const { return config.checkspam ? "yes" : "no"; }
  std::string operator()(Member<bool> member) const { return config.*member ? "yes" : "no"; }
  template <std::integral Int>
  std::string operator()(Member<Int> member) const {
    return fmt::format("{}", config.*member);
  }
  std::string operator()(Member<seconds> member) const { return fmt::format("{}", (config.*member).count()); }
  std::string operator()(Member<std::string> member) const { return config.*member; }
  std::string operator()(Member<std::vector<TlsPort>> member) const {
    std::vector<std::string> items;
    for (const auto& [port, mode] : config.*member)
      items.push_back(fmt::format("{}:{}", port, text_of<TlsMode>(kTlsModes, mode)));
    return fmt::format("{}", fmt::join(items, ", "));
  }
  template <class T>
  std::string operator()(Member<std::vector<T>> member) const {
    return fmt::format("{}", fmt::join(config.*member, ", "));
  }
  template <class Enum>
    requires std::is_enum_v<Enum>
  std::string operator()(Member<Enum> member) const {
    return std::string(text_of(words_of(Enum{}), config.*member));
  }
  template <class Enum>
  std::string operator()(Member<PerDirection<Enum>> member) const {
    const auto& policy = config.*member;
    const auto words = words_of(Enum{});
    if (policy.incoming == policy.outgoing) return std::string(text_of(words, policy.incoming));
    return fmt::format("in:{} out:{}", text_of(words, policy.incoming), text_of(words, policy.outgoing));
  }
};

}  // namespace

Checked parse_value(const Option& option, std::string_view text, bool append, Config& config) {
  return std::visit(Reader{option, text, append, config}, option.field);
}

std::string show_value(const Option& option, const Config& config) { return std::visit(Writer{config}, option.field); }

namespace {

/// What a member of this type accepts, as far as the type alone tells it.
struct Expected {
  const Option& option;

  std::string numbers() const {
    return fmt::format("a number from {} to {}{}{}{}", option.min, option.max, option.unit.empty() ? "" : " (",
                       option.unit, option.unit.empty() ? "" : ")");
  }

  std::string operator()(RegexpOption /*row*/) const {
    return fmt::format("a regular expression of {} to {} octets, with or without /N", option.min, option.max);
  }
  std::string operator()(CheckspamOption /*row*/) const { return "yes, no or a command"; }
  std::string operator()(Member<bool> /*member*/) const { return "yes or no"; }
  std::string operator()(Member<std::uint16_t> /*member*/) const {
    return "a valid port: give a number from 1 to 65535 or the name of a mail service";
  }
  std::string operator()(Member<std::uint32_t> /*member*/) const { return numbers(); }
  std::string operator()(Member<std::uint64_t> /*member*/) const { return numbers(); }
  std::string operator()(Member<seconds> /*member*/) const { return numbers(); }
  std::string operator()(Member<std::vector<int>> /*member*/) const {
    return fmt::format("a list of numbers from {} to {}", option.min, option.max);
  }
  template <class Enum>
    requires std::is_enum_v<Enum>
  std::string operator()(Member<Enum> /*member*/) const {
    return "one of " + list_of(words_of(Enum{}));
  }
  template <class Enum>
  std::string operator()(Member<PerDirection<Enum>> /*member*/) const {
    return "one of " + list_of(words_of(Enum{}));
  }
  template <class Other>
  std::string operator()(Other /*field*/) const {
    return fmt::format("a valid {}", option.argument);
  }
};

}  // namespace

std::string expected(const Option& option) { return std::visit(Expected{option}, option.field); }

std::string show_option(const Config& config, std::string_view name) { return show_value(option_named(name), config); }

}  // namespace p3scan::config
