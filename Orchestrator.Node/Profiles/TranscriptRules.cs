using System.Collections.Immutable;
using System.Text.RegularExpressions;

using Orchestrator.Node.Transcripts;

namespace Orchestrator.Node.Profiles;

/// <summary>Where a program writes down what was said to it, which proves that a message was submitted.</summary>
/// <param name="Files">Patterns of files: <c>*</c> stands for any part of one name; the placeholders of <see cref="LaunchContext"/> are replaced.</param>
/// <param name="Line">Which lines record what the user said; a line that also carries the message's id is the proof. Null for all lines.</param>
/// <param name="CarriesSeal">Whether such a line carries the seal of the envelope as well.</param>
/// <param name="Database">Where the conversations lie, from which answers are read, if that is no file of lines.</param>
public sealed record TranscriptRules(ImmutableArray<string> Files, Regex? Line, bool CarriesSeal, TranscriptDatabase? Database = null);
