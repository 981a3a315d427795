namespace Orchestrator.Tests.Programs.Live;

/// <summary>A part of a run: so many messages, and looks at the state at random moments meanwhile.</summary>
/// <param name="Messages">How many messages.</param>
/// <param name="Probes">How many looks.</param>
/// <param name="Pace">How long what happens in it takes.</param>
internal sealed record LivePart(int Messages, int Probes, LivePace Pace);

/// <summary>How long things take: each at random between its two limits, in milliseconds.</summary>
/// <param name="Thinking">Until the first word of the model, or its command.</param>
/// <param name="Talking">From the first word to the last.</param>
/// <param name="Deciding">Until a person has answered a dialog.</param>
/// <param name="Pausing">Until the next message is sent.</param>
/// <param name="CommandOneIn">In one answer of so many the model runs a shell command first, which a person permits.</param>
internal sealed record LivePace((int Least, int Most) Thinking, (int Least, int Most) Talking, (int Least, int Most) Deciding, (int Least, int Most) Pausing, int CommandOneIn)
{
    /// <summary>As a real model and a person do: turns of 4 to 25 seconds.</summary>
    public static LivePace Real { get; } = new((1000, 5000), (3000, 14000), (1000, 5000), (0, 3000), CommandOneIn: 3);

    /// <summary>Turns of a second, for many messages in little time. No real model is that quick: whatever is shown late after a change weighs more here than it does there.</summary>
    public static LivePace Hasty { get; } = new((50, 400), (150, 900), (50, 300), (0, 500), CommandOneIn: 10);
}
