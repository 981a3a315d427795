#!/usr/bin/perl
# A full-screen program that no shipped profile knows: the whole screen is drawn anew at each change, the input is a
# row between double lines, and what it is doing stands in the last row. Everything submitted is kept in the file that
# is its one argument: one line of JSON each. Needs perl-base and stty only.
#   "write NAME" in a text makes it ask before it answers; "jam" makes the turn fail; "slowly" makes it last two seconds.
use strict;
use warnings;

my ($file) = @ARGV or die "usage: clerk.pl FILE\n";
binmode STDIN;
binmode STDOUT;
my $saved = `stty -g`;
chomp $saved;
system 'stty', 'raw', '-echo';
$SIG{TERM} = $SIG{HUP} = sub { leave(0) };
syswrite STDOUT, "\e[?1049h\e[?2004h";

my ($text, $held, $pasting, $asking, $until, @log) = ('', '', 0, '', 0);
draw();
while (1) {
    my $set = '';
    vec($set, 0, 1) = 1;
    if (select($set, undef, undef, $until ? 0.1 : 60)) {
        sysread(STDIN, my $bytes, 65536) or leave(0);
        $held .= $bytes;
        take();
    }
    done() if $until && now() >= $until;
    draw();
}

# perl-base has no fine clock: the kernel's uptime serves, to a hundredth of a second.
sub now { open my $uptime, '<', '/proc/uptime' or leave(5); return (split ' ', <$uptime>)[0] }

sub take {
    while (length $held) {
        if ($pasting) {
            my $end = index $held, "\e[201~";
            if ($end < 0) { return if length $held < 6; $text .= substr $held, 0, -5, ''; return }
            $text .= substr $held, 0, $end;
            substr($held, 0, $end + 6) = '';
            $pasting = 0;
        }
        elsif ($held =~ s/^\e\[200~//) { $pasting = 1 }
        elsif ("\e[200~" =~ /^\Q$held\E/ && length $held > 1) { return }
        elsif ($held =~ s/^\x11//) { leave(0) }                      # C-q
        elsif ($held =~ s/^\x0b//) { $text = '' }                    # C-k
        elsif ($asking) {
            $held =~ s/^(.)//s;
            next unless $1 =~ /[yn]/;
            push @log, $1 eq 'y' ? "clerk: wrote $asking" : 'clerk: left it';
            ($asking, $until) = ('', 0);
        }
        elsif ($held =~ s/^\r//) { submit() if length $text }
        elsif ($held =~ s/^[\x00-\x1f]//) { }
        else { $held =~ s/^([^\x00-\x1f]+)//; $text .= $1 unless $until }
    }
}

sub submit {
    (my $json = $text) =~ s/(["\\])/\\$1/g;
    $json =~ s/([\x00-\x1f\x7f])/sprintf '\\u%04x', ord $1/ge;
    open my $out, '>>', $file or leave(4);
    binmode $out;
    syswrite $out, qq({"said":"$json"}\n);
    close $out;
    push @log, 'you: ' . length($text) . ' bytes';
    $asking = $1 if $text =~ /\bwrite (\w+)/;
    $until = now() + ($text =~ /\bslowly\b/ ? 2 : 0.3) unless $asking;
    push @log, 'jammed' if $text =~ /\bjam\b/;
    $text = '';
}

sub done {
    $until = 0;
    push @log, @log && $log[-1] eq 'jammed' ? do { pop @log; '!! the ribbon is stuck' } : 'clerk: noted';
}

sub draw {
    my $double = "\xe2\x95\x90" x 60;
    my @rows = ('THE CLERK', '', map { "  $_" } @log > 10 ? @log[-10 .. -1] : @log);
    if ($asking) { push @rows, '', "Shall I write $asking?", '  y  go ahead', '  n  leave it' }
    else {
        my $shown = $text;
        my $lines = ($shown =~ tr/\n//);
        utf8::decode(my $letters = $text);
        $shown = sprintf '<%d letters on %d lines>', length $letters, $lines + 1 if $lines > 5 || length $letters > 400;
        $shown =~ s/\n/\r\n  /g;
        push @rows, $double, "\xc2\xbb $shown", $double;
    }
    push @rows, $asking ? 'waits for your word' : $until ? sprintf('writes, %.1f s left', $until - now()) : 'listens';
    syswrite STDOUT, "\e[H\e[2J" . join("\r\n", @rows);
}

sub leave {
    syswrite STDOUT, "\e[?2004l\e[?1049l";
    system 'stty', $saved if length $saved;
    exit $_[0];
}
