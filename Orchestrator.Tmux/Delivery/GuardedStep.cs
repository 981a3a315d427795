using System.Globalization;

namespace Orchestrator.Tmux;

/// <summary>A delivery step as one command line: a condition over everything in the guard, the step, and what tmux says if it refuses.</summary>
internal static class GuardedStep
{
    private const string DoneWord = "done";

    // Texts that a program could have put there come with their length; the name of the program, which can change meanwhile, comes last.
    private const string Refusal =
        "refused #{pane_dead} #{pane_input_off} #{pane_pid} #{T:@now} #{n:@writer}:#{@writer} #{n:@n}:#{@n} #{n:@last}:#{@last} #{n:@sent}:#{@sent} #{pane_current_command}";

    public static TmuxCommand Build(DeliveryGuard guard, DeliveryProtections protections, DeliveryId? last, params IEnumerable<TmuxCommand> steps)
        => Build(guard, protections, last, further: [], steps);

    public static TmuxCommand Build(DeliveryGuard guard, DeliveryProtections protections, DeliveryId? last, IEnumerable<string> further, IEnumerable<TmuxCommand> steps)
    {
        var pane = guard.Pane.ToString();
        return TmuxCommand.If(
            guard.Pane,
            FormatCondition.All([Condition(guard, protections, last), .. further]),

            // In copy mode a paste loses its brackets and Enter is swallowed.
            TmuxCommand.List([TmuxCommand.Of("copy-mode", "-q", "-t", pane), .. steps, TmuxCommand.Of("display-message", "-p", DoneWord)]),
            TmuxCommand.Of("display-message", "-p", "-t", pane, Refusal));
    }

    public static DeliveryOutcome Read(CommandReply reply, DeliveryGuard guard, DeliveryId? last)
    {
        var answer = reply.Last;
        if (!answer.Succeeded)
        {
            return Failed(answer.Text);
        }

        if (string.Equals(answer.Text, DoneWord, StringComparison.Ordinal))
        {
            return new DeliveryOutcome.Done();
        }

        var reading = ReadRefusal(answer.Text);
        return reading is null
            ? new DeliveryOutcome.Refused(GuardMismatches.PaneGone, Reading: null)
            : new DeliveryOutcome.Refused(Compare(guard, last, reading), reading);
    }

    private static DeliveryOutcome Failed(string error)
        => error.StartsWith("no buffer", StringComparison.Ordinal) ? new DeliveryOutcome.Refused(GuardMismatches.Buffer, Reading: null)
            : error.StartsWith("can't find", StringComparison.Ordinal) ? new DeliveryOutcome.Refused(GuardMismatches.PaneGone, Reading: null)
            : new DeliveryOutcome.Unknown($"tmux stopped in the middle of the step: {error}");

    private static string Condition(DeliveryGuard guard, DeliveryProtections protections, DeliveryId? last)
    {
        List<string> conditions =
        [
            FormatCondition.Equal("pane_id", guard.Pane.ToString()),
            FormatCondition.NotEqual("pane_dead", "1"),
            FormatCondition.NotEqual("pane_input_off", "1"),
        ];
        if (protections.WriterGuard)
        {
            conditions.Add(FormatCondition.Equal("@writer", Text(guard.Writer)));
        }

        if (protections.Marks)
        {
            conditions.Add(FormatCondition.Equal("@n", Text(guard.Sequence)));
            if (last is not null)
            {
                conditions.Add(FormatCondition.Equal("@last", last.Value));
            }
        }

        if (protections.ProgramGuard)
        {
            conditions.Add(FormatCondition.Equal("pane_pid", Text(guard.ProcessId)));
            conditions.Add(FormatCondition.Any(guard.Commands.Select(name => FormatCondition.Equal("pane_current_command", AllowedNames.Program(name)))));
        }

        if (protections.Deadline)
        {
            conditions.Add($"#{{e|<:#{{T:@now}},{Text(guard.Deadline.ToUnixTimeSeconds())}}}");
        }

        return FormatCondition.All(conditions);
    }

    private static GuardMismatches Compare(DeliveryGuard guard, DeliveryId? last, GuardReading reading)
    {
        var found = GuardMismatches.None;
        void Note(bool differs, GuardMismatches mismatch) => found |= differs ? mismatch : GuardMismatches.None;

        Note(reading.Dead, GuardMismatches.PaneDead);
        Note(reading.InputOff, GuardMismatches.InputOff);
        Note(reading.Marks.Writer != guard.Writer, GuardMismatches.Writer);
        Note(reading.Marks.Sequence != guard.Sequence, GuardMismatches.Sequence);
        Note(last is not null && !string.Equals(reading.Marks.Last, last.Value, StringComparison.Ordinal), GuardMismatches.Last);
        Note(reading.ProcessId != guard.ProcessId, GuardMismatches.Process);
        Note(!guard.Commands.Contains(reading.Command, StringComparer.Ordinal), GuardMismatches.Command);
        Note(reading.Now is null || reading.Now.Value.ToUnixTimeSeconds() >= guard.Deadline.ToUnixTimeSeconds(), GuardMismatches.Deadline);
        return found;
    }

    private static GuardReading? ReadRefusal(string text)
    {
        var words = new WordReader(text);
        if (!string.Equals(words.Word(), "refused", StringComparison.Ordinal))
        {
            return null;
        }

        var (dead, inputOff, pid, now) = (words.Word(), words.Word(), words.Word(), words.Word());
        var (writer, sequence, last, sent) = (words.Counted(), words.Counted(), words.Counted(), words.Counted());
        return pid.Length == 0
            ? null
            : new GuardReading(
                Number(now) is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null,
                string.Equals(dead, "1", StringComparison.Ordinal),
                string.Equals(inputOff, "1", StringComparison.Ordinal),
                (int?)Number(pid),
                words.Rest(),
                new PaneMarks(Number(writer), Number(sequence), last.Length == 0 ? null : last, sent.Length == 0 ? null : sent));
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static long? Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
